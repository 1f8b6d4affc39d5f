"""The database that the tests run on is the one that was asked for, with the settings of the real service."""

import threading
import time

import psycopg
import pytest
from django.contrib.auth.models import User
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext


@pytest.mark.django_db
def test_the_database_is_the_one_that_was_asked_for(request):
    assert connection.vendor == request.config.getoption("--database")


@pytest.mark.django_db
def test_sqlite_writes_ahead_and_checks_foreign_keys():
    if connection.vendor != "sqlite":
        assert connection.vendor == "postgresql"
        return
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA journal_mode")
        assert cursor.fetchone() == ("wal",)
        cursor.execute("PRAGMA foreign_keys")
        assert cursor.fetchone() == (1,)
    assert connection.settings_dict["OPTIONS"]["transaction_mode"] == "IMMEDIATE"


@pytest.mark.django_db(transaction=True)
def test_a_kept_connection_that_the_database_ended_is_not_used_again():
    if connection.vendor != "postgresql":
        pytest.skip("a file ends no connection")
    connection.ensure_connection()
    assert connection.is_usable(), "asked: it was not used lately"
    with CaptureQueriesContext(connection) as asked:
        assert connection.is_usable()
    assert not asked.captured_queries, "whether it can be used is seen without a question"
    ender = psycopg.connect(connection.connection.info.dsn, password=connection.settings_dict["PASSWORD"] or None)
    with ender:
        ended = ender.execute("select pg_terminate_backend(%s)", [connection.connection.info.backend_pid])
        assert ended.fetchone() == (True,)
    for _ in range(100):
        if not connection.is_usable():
            break
        time.sleep(0.05)
    assert not connection.is_usable()
    connection.close()
    assert User.objects.count() == 0, "the next one is a new connection"


@pytest.mark.django_db(transaction=True)
def test_eight_writers_at_once_wait_for_each_other_and_none_fails():
    failures = []

    def write(name: str) -> None:
        try:
            for number in range(5):
                with transaction.atomic():
                    taken = User.objects.count()
                    User.objects.create(username=f"{name}-{number}", first_name=str(taken))
        except Exception as error:  # the thread must hand its failure to the test
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=write, args=(f"w{number}",)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    assert User.objects.count() == 40
