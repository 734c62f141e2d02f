package main

import (
	"fmt"
	"sort"
	"sync"
	"sync/atomic"
	"time"
)

var workerPrograms = []program{
	{"worker_pool", workerPool},
	{"fan_out", fanOut},
	{"semaphore", semaphore},
	{"mutex_by_channel", mutexByChannel},
	{"rate_limiter", rateLimiter},
	{"heartbeat", heartbeat},
	{"bounded_queue", boundedQueue},
	{"wait_group", waitGroup},
	{"join_values", joinValues},
	{"starting_gun", startingGun},
}

// [worker-pool]
func worker(jobs <-chan int, results chan<- int) {
	for n := range jobs {
		results <- n * n
	}
}

func handOut(count int, jobs chan<- int) {
	for n := 1; n <= count; n++ {
		jobs <- n
	}
	close(jobs) // the workers' loops end
}

func workerPool() {
	jobs, results := make(chan int), make(chan int)
	for i := 0; i < 3; i++ {
		go worker(jobs, results)
	}
	go handOut(9, jobs)
	var squares []int
	for i := 0; i < 9; i++ {
		squares = append(squares, <-results)
	}
	sort.Ints(squares)
	fmt.Println(squares)
}

// [/worker-pool]

func fanOut() {
	jobs, shares := make(chan int), make(chan int)
	for i := 0; i < 4; i++ {
		go func() {
			share := 0
			for range jobs {
				share++
			}
			shares <- share
		}()
	}
	go handOut(100, jobs)
	total := 0
	for i := 0; i < 4; i++ {
		total += <-shares
	}
	fmt.Println("jobs done", total)
}

func semaphore() {
	seats := make(chan int, 3)
	var now, most int
	var counting sync.Mutex
	var all sync.WaitGroup
	for i := 0; i < 10; i++ {
		all.Add(1)
		go func() {
			defer all.Done()
			seats <- 1
			counting.Lock()
			if now++; now > most {
				most = now
			}
			counting.Unlock()
			time.Sleep(2 * time.Millisecond)
			counting.Lock()
			now--
			counting.Unlock()
			<-seats
		}()
	}
	all.Wait()
	fmt.Println("never more than 3:", most <= 3, "left", now)
}

func mutexByChannel() {
	lock := make(chan int, 1)
	total := 0
	var all sync.WaitGroup
	for i := 0; i < 4; i++ {
		all.Add(1)
		go func() {
			defer all.Done()
			for i := 0; i < 250; i++ {
				lock <- 1
				total++
				<-lock
			}
		}()
	}
	all.Wait()
	fmt.Println("total", total)
}

// [rate-limiter]
func rateLimiter() {
	began := time.Now()
	limit := time.NewTicker(5 * time.Millisecond)
	defer limit.Stop()
	for request := 1; request <= 5; request++ {
		<-limit.C
		fmt.Println("request", request)
	}
	fmt.Println("took 20 ms or more:", time.Since(began) >= 20*time.Millisecond)
}

// [/rate-limiter]

func heartbeat() {
	news := make(chan int, 1)
	news <- 1
	beat := time.NewTicker(2 * time.Millisecond)
	defer beat.Stop()
	items := 0
	for beats := 0; beats < 5; {
		select {
		case <-beat.C:
			beats++
			fmt.Println("beat", beats)
		case <-news:
			items++
		}
	}
	fmt.Println("news", items)
}

func boundedQueue() {
	queue := make(chan int, 4)
	var produced, consumed, mostAhead int64
	go func() {
		for n := 0; n < 200; n++ {
			queue <- n
			ahead := atomic.AddInt64(&produced, 1) - atomic.LoadInt64(&consumed)
			if ahead > atomic.LoadInt64(&mostAhead) {
				atomic.StoreInt64(&mostAhead, ahead)
			}
		}
		close(queue)
	}()
	for range queue {
		atomic.AddInt64(&consumed, 1)
	}
	fmt.Println("consumed", consumed, "never more than 5 ahead:", mostAhead <= 5)
}

// [wait-group]
func waitGroup() {
	slots := make([]int, 6)
	var all sync.WaitGroup
	for i := range slots {
		all.Add(1)
		go func(i int) {
			defer all.Done()
			slots[i] = i * i
		}(i)
	}
	all.Wait()
	fmt.Println(slots)
}

// [/wait-group]

func sumTo(last int, result chan<- int) {
	sum := 0
	for n := 1; n <= last; n++ {
		sum += n
	}
	result <- sum
}

func joinValues() {
	small, large := make(chan int), make(chan int)
	go sumTo(10, small)
	go sumTo(100, large)
	fmt.Println("sums", <-small, <-large)
}

func startingGun() {
	start, ready, started := make(chan int), make(chan int), make(chan int, 8)
	for i := 0; i < 8; i++ {
		go func() {
			ready <- 1
			<-start // ends when it is closed
			started <- 1
		}()
	}
	for i := 0; i < 8; i++ {
		<-ready
	}
	fmt.Println("ready 8, started", len(started))
	close(start)
	count := 0
	for i := 0; i < 8; i++ {
		count += <-started
	}
	fmt.Println("started", count)
}
