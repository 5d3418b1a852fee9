"""Stopped or killed, the system starts again with what it had, and plays nothing twice."""

END = "2019-12-31"


def position(system):
    return system.ask("{ state { asOf { position } } }")["state"]["asOf"]["position"]


def test_after_ctrl_c_it_starts_again_with_the_same_figures_and_plays_nothing(system):
    assert system.settled()
    before = position(system), system.figures(date=END)
    assert system.stop() == 0
    system.start()
    assert not any("history" in line for line in system.printed)
    assert (position(system), system.figures(date=END)) == before


def test_after_a_kill_of_the_runner_the_next_start_recovers(system):
    assert system.settled()
    before = position(system), system.figures(date=END)
    system.process.kill()
    system.process.wait(10)
    system.start()
    assert (position(system), system.figures(date=END)) == before
