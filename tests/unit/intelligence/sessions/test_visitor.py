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
        memory.put(name, Visitor())
    memory.get("a")
    memory.shrink()
    assert [memory.get(name) is not None for name in "abc"] == [True, False, True]
    memory.forget("a")
    assert len(memory) == 1
    memory.clear()
    assert len(memory) == 0
