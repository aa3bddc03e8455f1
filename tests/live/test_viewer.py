"""A viewer's queue is bounded: one who does not read loses months, starts afresh, and nobody waits for it."""

import asyncio

from sim.live.viewer import QUEUED, QUEUED_BYTES, Viewer


def test_messages_come_in_order():
    async def run():
        viewer = Viewer("view", lambda v: v.begin())
        viewer.begin()
        viewer._behind = False
        for n in range(5):
            viewer.offer(str(n))
        return [await viewer.next() for _ in range(5)]

    assert asyncio.run(run()) == ["0", "1", "2", "3", "4"]


def test_a_viewer_hears_nothing_before_its_welcome():
    async def run():
        asked = []
        viewer = Viewer("view", asked.append)
        viewer.offer("too early")
        viewer.begin()
        viewer.offer("snapshot")
        return await viewer.next()

    assert asyncio.run(run()) == "snapshot"


def test_one_who_does_not_read_is_dropped_back_and_starts_afresh_once():
    async def run():
        afresh = []

        def start(viewer):
            afresh.append(viewer)
            viewer.begin()
            viewer.offer("snapshot")

        viewer = Viewer("view", start)
        viewer._behind = False
        viewer.begin()
        for n in range(10 * QUEUED):
            viewer.offer(f"month {n}")
            assert len(viewer._queue) <= QUEUED
        heard = await viewer.next()
        return heard, len(afresh)

    assert asyncio.run(run()) == ("snapshot", 1)


def test_the_queue_is_bounded_in_bytes_too():
    async def run():
        viewer = Viewer("view", lambda v: None)
        viewer._behind = False
        viewer.begin()
        for _ in range(20):
            viewer.offer(b"x" * (QUEUED_BYTES // 4))
            assert viewer._bytes <= QUEUED_BYTES

    asyncio.run(run())


def test_a_viewer_that_left_is_told_nothing():
    async def run():
        viewer = Viewer("view", lambda v: None)
        viewer.begin()
        viewer.close()
        viewer.offer("x")
        return len(viewer._queue)

    assert asyncio.run(run()) == 0
