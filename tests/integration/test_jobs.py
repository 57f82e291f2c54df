"""Standing jobs: done for every project, by one process at a time, whatever becomes of another project's."""

import asyncio
import logging

import pytest

from gooddata.intelligence.jobs import Job, do_once, keep_done
from tests.conftest import new_project


@pytest.fixture
async def projects(databases):
    return {(await new_project(databases)).project for _ in range(3)}


async def test_one_that_fails_for_a_project_is_told_and_done_for_the_others(databases, projects, caplog):
    stumbles, done = sorted(projects)[1], set()

    async def run(connection, project):
        if project == stumbles:
            raise ValueError("of these counts nothing can be made")
        done.add(project)

    with caplog.at_level(logging.ERROR):
        await do_once(databases.analytics_dsn, Job("trying", 1, run))
    assert done == projects - {stumbles}
    assert f"trying failed for project {stumbles}" in caplog.text


async def test_while_one_process_is_at_a_project_another_leaves_it_alone(databases, projects):
    begun, go_on, done = asyncio.Event(), asyncio.Event(), []

    async def run(connection, project):
        done.append(project)
        if project == min(projects):
            begun.set()
            await go_on.wait()

    first = asyncio.create_task(do_once(databases.analytics_dsn, Job("waiting", 1, run)))
    await begun.wait()
    await asyncio.wait_for(do_once(databases.analytics_dsn, Job("waiting", 1, run)), 20)
    assert sorted(done) == sorted(projects)
    await do_once(databases.analytics_dsn, Job("another", 1, lambda connection, project: told(done, project)))
    go_on.set()
    await first
    # The others had been done by then, and are done again in their turn.
    assert done.count(min(projects)) == 2
    assert all(done.count(project) == 3 for project in projects - {min(projects)})


async def told(done, project):
    done.append(project)


async def test_jobs_are_done_again_and_again_until_cancelled(databases, projects):
    done, again = [], asyncio.Event()

    async def run(connection, project):
        done.append(project)
        if len(done) > 2 * len(projects):
            again.set()

    keeping = asyncio.create_task(keep_done(databases.analytics_dsn, [Job("again", 0.01, run)]))
    await asyncio.wait_for(again.wait(), 20)
    keeping.cancel()
    assert set(done) == projects
