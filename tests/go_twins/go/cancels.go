package main

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
)

var cancelPrograms = []program{
	{"with_cancel", withCancel},
	{"with_timeout", withTimeout},
	{"deadline_inheritance", deadlineInheritance},
	{"cancel_reaches_all", cancelReachesAll},
	{"cancelled_before", cancelledBefore},
	{"first_reason_stays", firstReasonStays},
	{"cancelled_send", cancelledSend},
	{"errgroup", errgroup},
	{"first_response_wins", firstResponseWins},
	{"panic_recovered", panicRecovered},
	{"panic_at_join", panicAtJoin},
}

// [with-cancel]
func countUntil(ctx context.Context, out chan<- int) {
	for n := 1; ; n++ {
		select {
		case <-ctx.Done():
			fmt.Println("cancelled:", ctx.Err() == context.Canceled)
			return
		case out <- n:
		}
	}
}

func withCancel() {
	ctx, cancel := context.WithCancel(context.Background())
	numbers, ended := make(chan int), make(chan int)
	go func() {
		defer close(ended)
		countUntil(ctx, numbers)
	}()
	for i := 0; i < 3; i++ {
		fmt.Println(<-numbers)
	}
	cancel()
	<-ended
}

// [/with-cancel]

// [with-timeout]
func waitForAnAnswer(ctx context.Context) error {
	answers := make(chan int) // nobody answers
	select {
	case <-answers:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func withTimeout() {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond)
	defer cancel()
	reason := waitForAnAnswer(ctx)
	fmt.Println("timed out:", reason == context.DeadlineExceeded)
}

// [/with-timeout]

func deadlineUnder(ctx context.Context, when time.Time) time.Time {
	ctx, cancel := context.WithDeadline(ctx, when)
	defer cancel()
	deadline, _ := ctx.Deadline()
	return deadline
}

func deadlineInheritance() {
	outer := time.Now().Add(time.Hour)
	ctx, cancel := context.WithDeadline(context.Background(), outer)
	defer cancel()
	mine, _ := ctx.Deadline()
	fmt.Println("mine:", mine == outer)
	fmt.Println("a later one:", deadlineUnder(ctx, outer.Add(time.Hour)) == outer)
	earlier := outer.Add(-time.Second)
	fmt.Println("an earlier one:", deadlineUnder(ctx, earlier) == earlier)
	child, cancelChild := context.WithCancel(ctx)
	defer cancelChild()
	inherited, _ := child.Deadline()
	fmt.Println("a child's:", inherited == outer)
}

func waitToBeTold(ctx context.Context, levels int, told chan<- bool) {
	for i := 0; i < 2 && levels > 1; i++ {
		child, cancel := context.WithCancel(ctx)
		defer cancel()
		go waitToBeTold(child, levels-1, told)
	}
	<-ctx.Done()
	told <- ctx.Err() == context.Canceled
}

func cancelReachesAll() {
	ctx, cancel := context.WithCancel(context.Background())
	told := make(chan bool, 7)
	go func() {
		time.Sleep(5 * time.Millisecond)
		cancel()
	}()
	go waitToBeTold(ctx, 3, told)
	fmt.Println(count(told, 7), "tasks were told")
}

func receives(ctx context.Context, from chan int) bool {
	if ctx.Err() != nil {
		return false
	}
	select {
	case <-from:
		return true
	case <-ctx.Done():
		return false
	}
}

func cancelledBefore() {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	numbers := make(chan int, 1)
	numbers <- 1
	fmt.Println("received:", receives(ctx, numbers))
	fmt.Println("left:", len(numbers))
}

func firstReasonStays() {
	ctx, cancel := context.WithTimeout(context.Background(), time.Millisecond)
	<-ctx.Done()
	cancel()
	fmt.Println("timed out:", ctx.Err() == context.DeadlineExceeded)
}

func cancelledSend() {
	ctx, cancel := context.WithCancel(context.Background())
	go func() {
		time.Sleep(5 * time.Millisecond)
		cancel()
	}()
	words := make(chan string)
	word := "kept"
	sent := false
	select {
	case words <- word:
		sent = true
	case <-ctx.Done():
	}
	fmt.Println("sent:", sent)
	fmt.Println(word)
	arrived := false
	select {
	case <-words:
		arrived = true
	default:
	}
	fmt.Println("arrived:", arrived)
}

// [errgroup]
var errRefused = errors.New("connection refused")

func fetch(ctx context.Context, page int) error {
	if page == 2 {
		return errRefused
	}
	select {
	case <-time.After(10 * time.Second):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func errgroup() { // as golang.org/x/sync/errgroup does
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	errs := make(chan error)
	for page := 1; page <= 4; page++ {
		go func(page int) { errs <- fetch(ctx, page) }(page)
	}
	var failed error
	cancelled := 0
	for page := 1; page <= 4; page++ {
		err := <-errs
		if err == context.Canceled {
			cancelled++
		}
		if failed == nil && err != nil {
			failed = err
			cancel()
		}
	}
	fmt.Println("failed:", failed == errRefused, "cancelled:", cancelled)
}

// [/errgroup]

// [first-wins]
func firstResponseWins() {
	ctx, cancel := context.WithCancel(context.Background())
	answers := make(chan int)
	cancelled := make(chan bool, 3)
	var all sync.WaitGroup
	ask := func(replica int, delay time.Duration) {
		defer all.Done()
		select {
		case <-time.After(delay):
			answers <- replica
		case <-ctx.Done():
			cancelled <- true
		}
	}
	all.Add(3)
	go ask(1, 10*time.Second)
	go ask(2, 5*time.Millisecond)
	go ask(3, 20*time.Second)
	winner := <-answers
	cancel()
	all.Wait()
	fmt.Println("replica", winner, "answered, cancelled:", len(cancelled))
}

// [/first-wins]

// [panic]
func divide(a, b int) int {
	if b == 0 {
		panic("division by zero")
	}
	return a / b
}

func recovering(a, b int, reports chan<- string) {
	defer func() {
		if failure := recover(); failure != nil {
			reports <- fmt.Sprint("recovered: ", failure)
		}
	}()
	reports <- fmt.Sprint(divide(a, b))
}

func panicRecovered() {
	reports := make(chan string)
	go recovering(6, 3, reports)
	fmt.Println(<-reports)
	go recovering(6, 0, reports)
	fmt.Println(<-reports)
}

func panicAtJoin() {
	ended := make(chan any)
	go func() {
		defer func() { ended <- recover() }()
		fmt.Println("quotient", divide(1, 0))
	}()
	fmt.Println("caught:", <-ended) // by hand: a panic that nobody recovers ends the process
}

// [/panic]
