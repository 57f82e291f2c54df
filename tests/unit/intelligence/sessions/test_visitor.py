from gooddata.intelligence.sessions.history import FIRST_VISIT, History
from gooddata.intelligence.sessions.visitor import Memory, Visitor
from tests.unit.intelligence.given import DAY, START, a_fact


def test_a_new_session_knows_what_went_before_it():
    visitor = Visitor()
    assert visitor.begin(a_fact(START, goal=True)).history == FIRST_VISIT
    assert visitor.begin(a_fact(START + DAY)).history == History(1, 1, START)
    assert visitor.begin(a_fact(START + 2 * DAY)).history == History(2, 1, START + DAY)


def test_memory_lets_go_of_those_not_heard_of_for_longest():
    memory = Memory(2)
    for name in "abc":
        memory.put(name, Visitor(), 0)
    memory.get("a")
    memory.shrink()
    assert [memory.get(name) is not None for name in "abc"] == [True, False, True]
    memory.forget("a")
    assert len(memory) == 1
    memory.clear()
    assert len(memory) == 0


def test_memory_keeps_the_partitions_that_stay_and_lets_go_of_the_others():
    memory = Memory(10)
    for partition, name in enumerate("abc"):
        memory.put(name, Visitor(), partition)
    memory.days.add(3)
    memory.keep({0, 2})
    assert [memory.get(name) is not None for name in "abc"] == [True, False, True]
    assert memory.days == {3}, "windows are of no partition"
