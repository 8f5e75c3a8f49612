//! The heap against a list of what is to be in it.

use super::*;
use proptest::prelude::*;

/// A heap, and what is to be in it.
struct World {
    heap: Heap,
    segments: Segments,
    alive: Vec<(Place, Vec<u8>)>,
}

impl World {
    fn new() -> World {
        World {
            heap: Heap::new(),
            segments: Segments::default(),
            alive: Vec::new(),
        }
    }

    fn append(&mut self, bytes: Vec<u8>) -> Place {
        let place = self.heap.append(&mut self.segments, &bytes).unwrap();
        self.alive.push((place, bytes));
        place
    }

    fn append_run(&mut self, records: Vec<Vec<u8>>) {
        let lens = records.iter().map(Vec::len);
        let mut written = Vec::new();
        written.reserve_exact(records.len());
        self.heap
            .append_run(&mut self.segments, &records.concat(), lens, &mut written)
            .unwrap();
        assert_eq!(written.len(), records.len());
        for ((place, len), bytes) in written.into_iter().zip(records) {
            assert_eq!(len, bytes.len());
            self.alive.push((place, bytes));
        }
    }

    fn kill(&mut self, at: usize) {
        let (place, bytes) = self.alive.swap_remove(at % self.alive.len());
        self.heap.kill(&mut self.segments, place, bytes.len());
    }

    fn segment(&self, number: usize) -> Option<&Arc<Segment>> {
        self.segments.get(number).and_then(Option::as_ref)
    }

    fn capacities(&self) -> Vec<usize> {
        let there = self.segments.iter().flatten();
        there.map(|segment| segment.capacity()).collect()
    }

    /// All that is alive is there, bytes are counted, and a segment without any that is alive is let go.
    fn check(&self) {
        let mut live = vec![0; self.segments.len()];
        for (place, bytes) in &self.alive {
            let offset = place.offset();
            let segment = self.segment(place.segment()).unwrap();
            assert!(segment.from(offset).starts_with(bytes));
            live[place.segment()] += bytes.len();
        }
        let written = self.segments.iter().flatten();
        let written: usize = written.map(|segment| segment.from(0).len()).sum();
        assert_eq!(self.heap.live, live.iter().sum::<usize>() as u64);
        assert_eq!(self.heap.live + self.heap.dead, written as u64);
        for (number, live) in live.iter().enumerate() {
            let is_kept = *live > 0 || self.heap.is_current(number as u32);
            assert_eq!(self.segment(number).is_some(), is_kept, "{number}");
        }
    }
}

/// Records of different bytes, so that one in the place of another is seen.
fn record(number: usize, len: usize) -> Vec<u8> {
    (0..len).map(|at| (number * 31 + at) as u8).collect()
}

proptest! {
    #![proptest_config(crate::testing::cases(64))]
    #[test]
    fn a_heap_has_what_is_alive_in_it(
        steps in prop::collection::vec((0_u8..8, any::<u16>(), 1_usize..40), 1..80),
    ) {
        let mut world = World::new();
        let mut marked = None;
        for (number, (kind, at, count)) in steps.into_iter().enumerate() {
            let len = 1 + usize::from(at) % [20, 200, 3000, 60_000][count % 4];
            match kind {
                0..=2 => drop(world.append(record(number, len))),
                3 => world.append_run((0..count).map(|n| record(n, 1 + len / (n + 1))).collect()),
                4 | 5 => {
                    for n in 0..count.min(world.alive.len()) {
                        world.kill(usize::from(at) + n * 7);
                    }
                }
                6 => marked = Some((world.heap.mark(), world.segments.clone(), world.alive.clone())),
                _ => {
                    if let Some((mark, segments, alive)) = marked.take() {
                        let written = mark.current.map_or(0, |(number, before)| {
                            let segment = segments[number as usize].as_ref().unwrap();
                            segment.from(0).len() - before
                        });
                        (world.segments, world.alive) = (segments, alive);
                        let wasted = world.heap.restore(mark, &mut world.segments);
                        prop_assert_eq!(wasted, written);
                    }
                }
            }
            world.check();
        }
    }
}

/// The first segment has four kibibytes, each next one twice as many, the largest a mebibyte; from 16 mebibytes on they are large
/// pages.
#[test]
fn segments_grow_with_the_table() {
    let mut world = World::new();
    while world.heap.live < LARGE_PAGES_FROM + 3 * LARGE_PAGE as u64 {
        world.append(vec![1; 1000]);
    }
    let capacities = world.capacities();
    let doubled = (0..).map(|n| (FIRST_SEGMENT << n.min(20)).min(LARGEST_SEGMENT));
    let small = capacities
        .iter()
        .zip(doubled)
        .take_while(|(own, wanted)| *own == wanted);
    let small: usize = small.map(|(own, _)| own).sum();
    let from = LARGE_PAGES_FROM as usize;
    assert!(
        (from - LARGEST_SEGMENT..from + 2 * LARGEST_SEGMENT).contains(&small),
        "{small}"
    );
    let large = capacities.iter().filter(|own| **own == LARGE_PAGE).count();
    assert!((3..=4).contains(&large), "{capacities:?}");
    world.check();
}

/// A segment has room for four of the records that it is made for at least; one of more than 256 kibibytes has its own, and the
/// others go on where they were.
#[test]
fn long_records_do_not_waste_segments() {
    for len in [1000, 1025, 30_000, LARGEST_SEGMENT / 4] {
        let mut world = World::new();
        world.append(vec![1; len]);
        let capacities = world.capacities();
        assert!(
            (4 * len..8 * len.max(FIRST_SEGMENT)).contains(&capacities[0]),
            "{capacities:?}"
        );
    }
    let mut world = World::new();
    let small = world.append(vec![1; 10]);
    let len = LARGEST_SEGMENT / 4 + 1;
    let large = world.append(vec![2; len]);
    let next = world.append(vec![3; 10]);
    assert_eq!(world.capacities(), [FIRST_SEGMENT, len]);
    assert_eq!(
        (small.segment(), large.segment(), next.segment()),
        (0, 1, 0)
    );
    world.kill(1);
    assert_eq!(world.capacities(), [FIRST_SEGMENT]);
    // Its number is given again.
    assert_eq!(world.append(vec![2; len]).segment(), 1);
    world.check();
}

/// Dead bytes are left alone until they are more than half of the live ones and 256 kibibytes; then the segment with the greatest
/// share of them is the one to be emptied, and stays it until it is.
#[test]
fn the_emptiest_segment_is_emptied_when_there_is_much_to_gain() {
    let mut world = World::new();
    for _ in 0..4096 {
        world.append(vec![1; 1024]);
    }
    let numbers: Vec<usize> = world
        .alive
        .iter()
        .map(|(place, _)| place.segment())
        .collect();
    let last = *numbers.last().unwrap();
    // Of the segment before the last one most, of the others little.
    let mut at = 0;
    world.alive.reverse();
    while world.heap.victim().is_none() {
        let (heap, alive) = (&world.heap, &world.alive);
        assert!(heap.dead <= heap.live / 2 + DEAD_FLOOR);
        let segment = alive[at].0.segment();
        at += match segment + 1 == last {
            true => 0,
            false => 3,
        };
        at %= alive.len() - 4;
        let (place, bytes) = world.alive.remove(at);
        world.heap.kill(&mut world.segments, place, bytes.len());
    }
    assert!(world.heap.dead > world.heap.live / 2 + DEAD_FLOOR);
    let accounts = &world.heap.accounts;
    let share = |number: usize| {
        let account = &accounts[number];
        (account.used - account.live) * 1000 / account.used.max(1)
    };
    let kept = (0..world.segments.len())
        .filter(|n| world.segment(*n).is_some() && !world.heap.is_current(*n as u32));
    let most = kept.map(share).max().unwrap();
    let (victim, reached) = world.heap.victim.unwrap();
    assert_eq!(reached, 0);
    assert_eq!(share(victim as usize), most);
    world.heap.advance(victim, 100);
    world.heap.advance(victim + 1, 200);
    assert_eq!(world.heap.victim(), Some((victim, 100)));
    assert!(world.heap.is_victim(victim) && !world.heap.is_victim(victim + 1));
    world.heap.finish_victim();
    assert_eq!(world.heap.victim(), Some((victim, 0)));
}
