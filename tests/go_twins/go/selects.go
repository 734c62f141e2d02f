package main

import (
	"fmt"
	"time"
)

var selectPrograms = []program{
	{"select_default", selectDefault},
	{"select_takes_one", selectTakesOne},
	{"select_is_fair", selectIsFair},
	{"select_timeout", selectTimeout},
	{"both_directions", bothDirections},
	{"selects_meet", selectsMeet},
	{"closed_is_ready", closedIsReady},
	{"disable_an_alternative", disableAnAlternative},
	{"timed_out_receive", timedOutReceive},
	{"timed_out_send", timedOutSend},
	{"priority", priority},
	{"nothing_is_lost", nothingIsLost},
	{"quit_channel", quitChannel},
}

func selectDefault() {
	numbers := make(chan int, 1)
	select {
	case <-numbers:
		fmt.Println("received")
	default:
		fmt.Println("nothing there")
	}
	numbers <- 7
	select {
	case n := <-numbers:
		fmt.Println("received", n)
	default:
	}
}

func selectTakesOne() {
	a, b := make(chan int, 1), make(chan int, 1)
	a <- 1
	b <- 2
	for i := 0; i < 2; i++ {
		select {
		case <-a:
		case <-b:
		}
		fmt.Println("left:", len(a)+len(b))
	}
}

func selectIsFair() {
	var ready [4]chan int
	for i := range ready {
		ready[i] = make(chan int, 1)
		ready[i] <- 0
	}
	var taken [4]int
	for i := 0; i < 4000; i++ {
		which := 0
		select {
		case <-ready[0]:
		case <-ready[1]:
			which = 1
		case <-ready[2]:
			which = 2
		case <-ready[3]:
			which = 3
		}
		taken[which]++
		ready[which] <- 0
	}
	for i := range taken {
		fmt.Println("channel", i, "at least 800 of 4000:", taken[i] >= 800)
	}
}

func selectTimeout() {
	silent, talkative := make(chan int), make(chan int, 1)
	talkative <- 1
	for _, numbers := range []chan int{silent, talkative} {
		select {
		case n := <-numbers:
			fmt.Println("received", n)
		case <-time.After(30 * time.Millisecond):
			fmt.Println("nothing for 30 ms")
		}
	}
}

func bothDirections() {
	numbers := make(chan int, 1)
	for i := 0; i < 6; i++ {
		select {
		case numbers <- i:
			fmt.Println("sent", i)
		case n := <-numbers:
			fmt.Println("received", n)
		}
	}
}

func selectsMeet() {
	meeting := make(chan int)
	type exchanges struct{ sent, received int }
	results := make(chan exchanges)
	for i := 0; i < 2; i++ {
		go func() {
			var mine exchanges
			for i := 0; i < 100; i++ {
				select {
				case meeting <- 1:
					mine.sent++
				case <-meeting:
					mine.received++
				}
			}
			results <- mine
		}()
	}
	one, other := <-results, <-results
	fmt.Println("sent", one.sent+other.sent, "received", one.received+other.received)
}

func closedIsReady() {
	closed, silent := make(chan int), make(chan int)
	close(closed)
	for i := 0; i < 3; i++ {
		select {
		case _, open := <-silent:
			fmt.Println("alternative 0 open:", open)
		case _, open := <-closed:
			fmt.Println("alternative 1 open:", open)
		}
	}
}

func sendAll(first, count int, out chan int) {
	for n := first; n < first+count; n++ {
		out <- n
	}
	close(out)
}

func disableAnAlternative() {
	a, b := make(chan int), make(chan int)
	go sendAll(1, 10, a)
	go sendAll(100, 20, b)
	sum := 0
	for a != nil || b != nil {
		select {
		case n, ok := <-a:
			if !ok {
				a = nil
			}
			sum += n
		case n, ok := <-b:
			if !ok {
				b = nil
			}
			sum += n
		}
	}
	fmt.Println("sum", sum)
}

func timedOutReceive() {
	numbers := make(chan int)
	select {
	case <-numbers:
		fmt.Println("timed out: false")
	case <-time.After(10 * time.Millisecond):
		fmt.Println("timed out: true")
	}
	go sendAll(1, 2, numbers)
	fmt.Println("received", <-numbers)
	fmt.Println("received", <-numbers)
	_, open := <-numbers
	fmt.Println("open:", open)
}

func timedOutSend() {
	numbers := make(chan int, 1)
	numbers <- 1
	select {
	case numbers <- 2:
		fmt.Println("timed out: false")
	case <-time.After(10 * time.Millisecond):
		fmt.Println("timed out: true")
	}
	fmt.Println("received", <-numbers)
	fmt.Println("left:", len(numbers))
	select {
	case numbers <- 3:
		fmt.Println("timed out: false")
	case <-time.After(10 * time.Second):
		fmt.Println("timed out: true")
	}
	fmt.Println("received", <-numbers)
}

func priority() {
	urgent, normal := make(chan int, 3), make(chan int, 3)
	for n := 1; n <= 3; n++ {
		normal <- n
		urgent <- n * 10
	}
	for i := 0; i < 6; i++ {
		select {
		case n := <-urgent:
			fmt.Println("urgent", n)
		default:
			fmt.Println("normal", <-normal)
		}
	}
}

func nothingIsLost() {
	a, b := make(chan int), make(chan int, 8)
	for _, out := range []chan int{a, b} {
		go func(out chan int) {
			for n := 1; n <= 500; n++ {
				out <- n
				if n%100 == 0 {
					time.Sleep(3 * time.Millisecond)
				}
			}
		}(out)
	}
	sum, received := 0, 0
	for received < 1000 {
		select {
		case n := <-a:
			sum += n
			received++
		case n := <-b:
			sum += n
			received++
		case <-time.After(time.Millisecond):
		}
	}
	fmt.Println("received", received, "sum", sum)
}

func fibonacci(out, quit chan int) {
	a, b := 0, 1
	for {
		select {
		case out <- a:
			a, b = b, a+b
		case <-quit:
			fmt.Println("quit")
			return
		}
	}
}

func quitChannel() {
	numbers, quit, ended := make(chan int), make(chan int), make(chan int)
	go func() {
		defer close(ended)
		fibonacci(numbers, quit)
	}()
	for i := 0; i < 10; i++ {
		fmt.Println(<-numbers)
	}
	close(quit)
	<-ended
	fmt.Println("joined")
}
