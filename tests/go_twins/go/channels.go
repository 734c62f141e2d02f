package main

import "fmt"

var channelPrograms = []program{
	{"ping_pong", pingPong},
	{"capacity", capacity},
	{"rendezvous", rendezvous},
	{"receive_from_closed", receiveFromClosed},
	{"drain_after_close", drainAfterClose},
	{"send_on_closed", sendOnClosed},
	{"close_twice", closeTwice},
	{"range", rangeOverChannel},
	{"channel_of_channels", channelOfChannels},
	{"close_wakes_receivers", closeWakesReceivers},
	{"close_wakes_senders", closeWakesSenders},
	{"handles", handles},
	{"order_of_each_sender", orderOfEachSender},
	{"batches", batches},
	{"owned_elements", ownedElements},
}

func answer(ping, pong chan int) {
	for n := range ping {
		pong <- n + 1
	}
	close(pong)
}

func pingPong() {
	ping, pong := make(chan int), make(chan int)
	go answer(ping, pong)
	n := 0
	for i := 0; i < 5; i++ {
		ping <- n
		n = <-pong
		fmt.Println("pong", n)
	}
	close(ping)
	_, open := <-pong
	fmt.Println("open:", open)
}

func trySend(to chan int, n int) bool {
	select {
	case to <- n:
		return true
	default:
		return false
	}
}

func capacity() {
	numbers := make(chan int, 3)
	for n := 1; n <= 5; n++ {
		select {
		case numbers <- n:
			fmt.Println(n, "sent")
		default:
			fmt.Println(n, "no room")
		}
	}
	fmt.Println("len", len(numbers), "cap", cap(numbers))
	fmt.Println("received", <-numbers)
	fmt.Println("len", len(numbers))
	fmt.Println("sent:", trySend(numbers, 6))
	fmt.Println("sent:", trySend(numbers, 7))
	fmt.Println("len", len(numbers))
}

func rendezvous() {
	numbers, done := make(chan int), make(chan int)
	over := make(chan bool, 1)
	go func() {
		numbers <- 1
		over <- true
		close(done)
	}()
	fmt.Println("handed over before the receive:", len(over) == 1)
	fmt.Println("received", <-numbers)
	<-done
	fmt.Println("handed over after the receive:", len(over) == 1)
}

func receiveFromClosed() {
	numbers := make(chan int, 2)
	close(numbers)
	for i := 0; i < 2; i++ {
		n, ok := <-numbers
		fmt.Println(n, ok, !ok)
	}
}

func drainAfterClose() {
	numbers := make(chan int, 3)
	for n := 1; n <= 3; n++ {
		numbers <- n
	}
	close(numbers)
	fmt.Println("len", len(numbers))
	for i := 0; i < 4; i++ {
		n, ok := <-numbers
		fmt.Println(n, ok)
	}
}

func sendOnClosed() {
	numbers := make(chan int, 1)
	close(numbers)
	func() {
		defer func() { fmt.Println("refused:", recover() != nil) }()
		numbers <- 1
	}()
	fmt.Println("len", len(numbers))
}

func closeTwice() {
	numbers := make(chan int)
	for i := 0; i < 2; i++ {
		func() {
			defer func() { fmt.Println("closed:", recover() == nil) }()
			close(numbers)
		}()
	}
}

func countTo(last int, out chan<- int) {
	for n := 1; n <= last; n++ {
		out <- n
	}
	close(out)
}

func rangeOverChannel() {
	numbers := make(chan int)
	go countTo(5, numbers)
	for n := range numbers {
		fmt.Println(n)
	}
	fmt.Println("over")
}

type question struct {
	n     int
	reply chan int
}

func channelOfChannels() {
	questions := make(chan question)
	go func() {
		for asked := range questions {
			asked.reply <- asked.n * asked.n
		}
	}()
	for n := 1; n <= 4; n++ {
		asked := question{n, make(chan int)}
		questions <- asked
		fmt.Println(n, "squared is", <-asked.reply)
	}
	close(questions)
}

func count(reports chan bool, times int) int {
	told := 0
	for i := 0; i < times; i++ {
		if <-reports {
			told++
		}
	}
	return told
}

func closeWakesReceivers() {
	numbers, reports := make(chan int), make(chan bool)
	for i := 0; i < 5; i++ {
		go func() {
			_, ok := <-numbers
			reports <- !ok
		}()
	}
	close(numbers)
	fmt.Println(count(reports, 5), "receivers were told")
}

func closeWakesSenders() {
	numbers, reports := make(chan int), make(chan bool)
	for i := 0; i < 5; i++ {
		go func() {
			defer func() { reports <- recover() != nil }()
			numbers <- 1
		}()
	}
	close(numbers)
	fmt.Println(count(reports, 5), "senders were told")
	_, ok := <-numbers
	fmt.Println("received:", ok)
}

func handles() {
	one, other := make(chan string, 1), make(chan string, 1)
	same := one
	fmt.Println("same:", one == same, "other:", one == other)
	one <- "through one"
	fmt.Println("got", <-same)
}

type numbered struct{ sender, n int }

func orderOfEachSender() {
	all := make(chan numbered, 4)
	for sender := 0; sender < 3; sender++ {
		go func(sender int) {
			for n := 0; n < 100; n++ {
				all <- numbered{sender, n}
			}
		}(sender)
	}
	next := make([]int, 3)
	inOrder := true
	for i := 0; i < 300; i++ {
		got := <-all
		inOrder = inOrder && got.n == next[got.sender]
		next[got.sender]++
	}
	fmt.Println("received", next, "in order:", inOrder)
}

func receiveMany(from chan int, max int) []int {
	var batch []int
	if n, ok := <-from; ok {
		batch = append(batch, n)
	}
	for len(batch) < max && len(from) > 0 {
		batch = append(batch, <-from)
	}
	return batch
}

func batches() {
	numbers := make(chan int, 10)
	for n := 1; n <= 10; n++ {
		numbers <- n
	}
	close(numbers)
	for batch := receiveMany(numbers, 4); len(batch) > 0; batch = receiveMany(numbers, 4) {
		fmt.Println(batch)
	}
}

func ownedElements() {
	boxes := make(chan *string, 1)
	first, second := "first", "second"
	try := func(box *string) bool {
		select {
		case boxes <- box:
			return true
		default:
			return false
		}
	}
	fmt.Println("sent:", try(&first))
	fmt.Println("sent:", try(&second))
	fmt.Println("still there:", second)
	fmt.Println("received", *<-boxes)
}
