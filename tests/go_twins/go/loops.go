package main

import (
	"fmt"
	"runtime"
	"time"
)

var loopPrograms = []program{
	{"two_loops", twoLoops},
	{"stream_between_loops", streamBetweenLoops},
	{"workers_on_loops", workersOnLoops},
	{"selects_of_two_loops", selectsOfTwoLoops},
	{"close_across_loops", closeAcrossLoops},
	{"plain_thread", plainThread},
	{"thread_deadline", threadDeadline},
	{"blocking_work", blockingWork},
}

func twoLoops() {
	in, out := make(chan int), make(chan int)
	go func() {
		for n := range in {
			out <- n * 10
		}
	}()
	for n := 1; n <= 5; n++ {
		in <- n
		fmt.Println(<-out)
	}
	close(in)
}

func countFrom(first, last int, out chan<- int) {
	for n := first; n <= last; n++ {
		out <- n
	}
	close(out)
}

func streamBetweenLoops() {
	numbers := make(chan int, 64)
	go countFrom(1, 10000, numbers)
	sum, next, inOrder := 0, 1, true
	for n := range numbers {
		inOrder = inOrder && n == next
		next++
		sum += n
	}
	fmt.Println("sum", sum, "in order:", inOrder)
}

func workersOnLoops() {
	in, out := make(chan int, 4), make(chan int, 4)
	for i := 0; i < 4; i++ {
		go func() {
			for n := range in {
				out <- 2 * n
			}
		}()
	}
	go countFrom(1, 500, in)
	sum := 0
	for i := 0; i < 500; i++ {
		sum += <-out
	}
	fmt.Println("sum", sum)
}

func selectsOfTwoLoops() {
	a, b, sums := make(chan int), make(chan int), make(chan int)
	selectAll := func(a, b chan int) {
		sum := 0
		for i := 0; i < 1000; i++ {
			select {
			case n := <-a:
				sum += n
			case n := <-b:
				sum += n
			}
		}
		sums <- sum
	}
	sendEither := func(a, b chan int) {
		for n := 1; n <= 1000; n++ {
			select {
			case a <- n:
			case b <- n:
			}
		}
	}
	go selectAll(a, b)
	go selectAll(b, a)
	go sendEither(b, a)
	go sendEither(a, b)
	fmt.Println("sum", <-sums+<-sums)
}

func closeAcrossLoops() {
	numbers, ready, told := make(chan int), make(chan int), make(chan bool)
	for i := 0; i < 6; i++ {
		go func() {
			ready <- 1
			_, ok := <-numbers
			told <- !ok
		}()
	}
	for i := 0; i < 6; i++ {
		<-ready
	}
	close(numbers)
	fmt.Println(count(told, 6), "were told")
}

func plainThread() {
	numbers := make(chan int)
	go func() {
		runtime.LockOSThread() // a thread of its own
		for n := 1; n <= 5; n++ {
			numbers <- n
		}
		close(numbers)
	}()
	for n := range numbers {
		fmt.Println(n)
	}
}

func threadDeadline() {
	silent := make(chan int)
	timedOut := make(chan bool)
	go func() {
		runtime.LockOSThread()
		select {
		case <-silent:
			timedOut <- false
		case <-time.After(20 * time.Millisecond):
			timedOut <- true
		}
	}()
	fmt.Println("timed out:", <-timedOut)
}

func fibonacciOf(n int) int {
	if n < 2 {
		return n
	}
	return fibonacciOf(n-1) + fibonacciOf(n-2)
}

func blockingWork() {
	computed := make(chan int)
	go func() { computed <- fibonacciOf(20) }()
	fmt.Println("fibonacci", <-computed)
}
