// go-twins NAME: runs the program of that name. go-twins --list: prints the names.
package main

import (
	"fmt"
	"os"
)

type program struct {
	name string
	run  func()
}

func programs() []program {
	var all []program
	for _, some := range [][]program{channelPrograms, selectPrograms, patternPrograms,
		workerPrograms, cancelPrograms, loopPrograms, serverPrograms, poolPrograms} {
		all = append(all, some...)
	}
	return all
}

func main() {
	name := ""
	if len(os.Args) == 2 {
		name = os.Args[1]
	}
	for _, each := range programs() {
		if name == "--list" {
			fmt.Println(each.name)
		} else if name == each.name {
			each.run()
			return
		}
	}
	if name != "--list" {
		fmt.Fprintln(os.Stderr, "error: no program of that name; --list shows them")
		os.Exit(2)
	}
}
