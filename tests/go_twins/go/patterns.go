package main

import (
	"fmt"
	"sort"
	"sync"
	"time"
)

var patternPrograms = []program{
	{"pipeline", pipeline},
	{"fan_in", fanIn},
	{"merge", merge},
	{"tee", tee},
	{"generator", generator},
	{"prime_sieve", primeSieve},
	{"daisy_chain", daisyChain},
	{"same_trees", sameTrees},
}

// [pipeline]
func generate(last int, out chan<- int) {
	for n := 1; n <= last; n++ {
		out <- n
	}
	close(out)
}

func square(in <-chan int, out chan<- int) {
	for n := range in {
		out <- n * n
	}
	close(out)
}

func pipeline() {
	numbers, squares := make(chan int), make(chan int)
	go generate(10, numbers)
	go square(numbers, squares)
	sum := 0
	for n := range squares {
		sum += n
	}
	fmt.Println("sum", sum)
}

// [/pipeline]

// [fan-in]
func talk(name string, times int, out chan<- string) {
	for i := 1; i <= times; i++ {
		out <- fmt.Sprint(name, " ", i)
	}
}

func fanIn() {
	ann, joe := make(chan string), make(chan string)
	go talk("ann", 3, ann)
	go talk("joe", 2, joe)
	var heard []string
	for talking := true; talking; {
		select {
		case said := <-ann:
			heard = append(heard, said)
		case answered := <-joe:
			heard = append(heard, answered)
		case <-time.After(500 * time.Millisecond):
			talking = false // both were silent for half a second
		}
	}
	sort.Strings(heard)
	fmt.Println(heard)
}

// [/fan-in]

func merge() {
	merged := make(chan int)
	var senders sync.WaitGroup
	for last := 1; last <= 4; last++ {
		one := make(chan int)
		go generate(last, one)
		senders.Add(1)
		go func() {
			defer senders.Done()
			for n := range one {
				merged <- n
			}
		}()
	}
	go func() {
		senders.Wait()
		close(merged)
	}()
	var all []int
	for n := range merged {
		all = append(all, n)
	}
	sort.Ints(all)
	fmt.Println(all)
}

func tee() {
	numbers, left, right := make(chan int), make(chan int), make(chan int)
	go generate(4, numbers)
	go func() {
		for n := range numbers {
			left <- n
			right <- n
		}
		close(left)
		close(right)
	}()
	for n := range left {
		fmt.Println(n, <-right)
	}
}

func collatz(n int, out chan<- int) {
	for n != 1 {
		out <- n
		if n%2 == 0 {
			n /= 2
		} else {
			n = 3*n + 1
		}
	}
	out <- 1
	close(out)
}

func generator() {
	numbers := make(chan int)
	go collatz(6, numbers)
	for n := range numbers {
		fmt.Println(n)
	}
}

func countUp(out chan<- int) {
	for n := 2; ; n++ {
		out <- n
	}
}

func filter(in <-chan int, out chan<- int, prime int) {
	for n := range in {
		if n%prime != 0 {
			out <- n
		}
	}
}

func primeSieve() {
	numbers := make(chan int)
	go countUp(numbers)
	var primes []int
	for i := 0; i < 15; i++ {
		prime := <-numbers
		primes = append(primes, prime)
		rest := make(chan int)
		go filter(numbers, rest, prime)
		numbers = rest
	}
	fmt.Println(primes)
}

func daisyChain() {
	first := make(chan int)
	last := first
	for i := 0; i < 1000; i++ {
		next := make(chan int)
		go func(from, to chan int) { to <- 1 + <-from }(last, next)
		last = next
	}
	first <- 1
	fmt.Println(<-last)
}

type tree struct {
	value    int
	children []tree
}

func balanced(first, last int) tree {
	middle := (first + last) / 2
	if first == last {
		return tree{middle, nil}
	}
	return tree{middle, []tree{balanced(first, middle), balanced(middle+1, last)}}
}

func walk(at tree, out chan int) {
	if at.children == nil {
		out <- at.value
	}
	for _, each := range at.children {
		walk(each, out)
	}
}

func sameLeaves(one, other tree) bool {
	a, b := make(chan int), make(chan int)
	for _, each := range []struct {
		root tree
		out  chan int
	}{{one, a}, {other, b}} {
		each := each
		go func() {
			walk(each.root, each.out)
			close(each.out)
		}()
	}
	for same := true; ; {
		left, leftOpen := <-a
		right, rightOpen := <-b
		same = same && leftOpen == rightOpen && left == right
		if !leftOpen && !rightOpen {
			return same
		}
	}
}

func sameTrees() {
	fmt.Println("same:", sameLeaves(balanced(1, 16), balanced(1, 16)))
	fmt.Println("same:", sameLeaves(balanced(1, 16), balanced(1, 15)))
}
