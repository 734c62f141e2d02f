// bench/flow/programs.cpp in Go: `peer-flow-go NAME COUNT` prints a line of JSON.
package main

import (
	"fmt"
	"os"
	"runtime"
	"strconv"
	"sync"
	"syscall"
	"time"
)

const buffered = 1024

var bytesEach float64

func check(right bool) {
	if !right {
		panic("an element was lost or doubled")
	}
}

func sumBelow(count int) int { return count * (count - 1) / 2 }

func produce(to chan<- int, count int) {
	for i := 0; i < count; i++ {
		to <- i
	}
	close(to)
}

func sumOf(from <-chan int) int {
	sum := 0
	for element := range from {
		sum += element
	}
	return sum
}

func pingPong(count int) {
	there, back := make(chan int), make(chan int)
	go func() {
		for question := range there {
			back <- question
		}
	}()
	for i := 0; i < count; i += 2 {
		there <- i
		check(<-back == i)
	}
	close(there)
}

func stream(count int) {
	elements := make(chan int, buffered)
	go produce(elements, count)
	check(sumOf(elements) == sumBelow(count))
}

func selectOfFour(count int) {
	var ready [4]chan int
	for i := range ready {
		ready[i] = make(chan int, 1)
		ready[i] <- 1
	}
	for i := 0; i < count; i++ {
		chosen := 0
		select {
		case <-ready[0]:
		case <-ready[1]:
			chosen = 1
		case <-ready[2]:
			chosen = 2
		case <-ready[3]:
			chosen = 3
		}
		ready[chosen] <- 1
	}
}

func spawnAndFinish(count int) {
	var all sync.WaitGroup
	for i := 0; i < count; i++ {
		all.Add(1)
		go all.Done()
		if i%64 == 63 {
			runtime.Gosched()
		}
	}
	all.Wait()
}

func inUse() float64 {
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return float64(stats.HeapInuse + stats.StackInuse)
}

func parked(count int) {
	gate := make(chan int)
	var all sync.WaitGroup
	before := inUse()
	for i := 0; i < count; i++ {
		all.Add(1)
		go func() {
			<-gate
			all.Done()
		}()
		if i%64 == 63 {
			runtime.Gosched()
		}
	}
	runtime.Gosched()
	bytesEach = (inUse() - before) / float64(count)
	close(gate)
	all.Wait()
}

func mixed(value uint64) uint64 {
	for i := 0; i < 16; i++ {
		value = (value ^ (value >> 31)) * 0x9e3779b97f4a7c15
	}
	return value
}

func workerPool(count int) {
	jobs, results := make(chan int, buffered), make(chan uint64, buffered)
	for i := 0; i < 8; i++ {
		go func() {
			for job := range jobs {
				results <- mixed(uint64(job))
			}
		}()
	}
	go produce(jobs, count)
	for i := 0; i < count; i++ {
		<-results
	}
}

func pipeline(count int) {
	const stages = 4
	var between [stages + 1]chan int
	for i := range between {
		between[i] = make(chan int, buffered)
	}
	for i := 0; i < stages; i++ {
		go func(from <-chan int, to chan<- int) {
			for element := range from {
				to <- element + 1
			}
			close(to)
		}(between[i], between[i+1])
	}
	go produce(between[0], count)
	check(sumOf(between[stages]) == sumBelow(count)+count*stages)
}

func fanIn(count int) {
	left, right := make(chan int, buffered), make(chan int, buffered)
	go produce(left, count/2)
	go produce(right, count-count/2)
	received := 0
	for left != nil || right != nil {
		select {
		case _, open := <-left:
			if !open {
				left = nil
				continue
			}
		case _, open := <-right:
			if !open {
				right = nil
				continue
			}
		}
		received++
	}
	check(received == count)
}

func main() {
	type entry struct {
		run   func(int)
		procs int
	}
	programs := map[string]entry{
		"ping_pong": {pingPong, 1}, "stream": {stream, 1}, "stream_two_loops": {stream, 2},
		"stream_two_loops_many": {stream, 2}, "select": {selectOfFour, 1},
		"spawn": {spawnAndFinish, 1}, "parked": {parked, 1}, "worker_pool": {workerPool, 2},
		"pipeline": {pipeline, 2}, "pipeline_two_loops": {pipeline, 2},
		"fan_in": {fanIn, 2}, "fan_in_two_loops": {fanIn, 2},
	}
	if len(os.Args) != 3 || programs[os.Args[1]].run == nil {
		fmt.Fprintln(os.Stderr, "usage: peer-flow-go NAME COUNT")
		os.Exit(2)
	}
	count, _ := strconv.Atoi(os.Args[2])
	chosen := programs[os.Args[1]]
	runtime.GOMAXPROCS(chosen.procs)
	cpu := func() float64 {
		var used syscall.Rusage
		syscall.Getrusage(syscall.RUSAGE_SELF, &used)
		return float64(used.Utime.Nano() + used.Stime.Nano())
	}
	began, cpuBefore := time.Now(), cpu()
	chosen.run(count)
	fmt.Printf("{\"real_ns\": %.2f, \"cpu_ns\": %.2f, \"bytes\": %.1f}\n",
		float64(time.Since(began).Nanoseconds())/float64(count),
		(cpu()-cpuBefore)/float64(count), bytesEach)
}
