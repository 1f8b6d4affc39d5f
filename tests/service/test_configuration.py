"""What the operator sets comes from one table: environment first, then one file; no log ever says a secret."""

import json
import logging
import re
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import resolve

from fengsui.ledger import masking
from fengsui.notifications import sealing
from fengsui.server import checks, clock, commands, configuration, environment, logs
from fengsui.server.environment import BadEnvironment

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "fengsui.toml"


def read(file: Path, text: str, **variables: str) -> environment.Environment:
    """The settings of a file with this text and of these variables."""
    file.write_text(text, encoding="utf-8")
    return environment.read({"FENGSUI_DATA_DIR": str(file.parent / "data"), "FENGSUI_CONFIG": str(file), **variables})


def told(file: Path, text: str, **variables: str) -> list[str]:
    """What is wrong with them."""
    with pytest.raises(BadEnvironment) as raised:
        read(file, text, **variables)
    return raised.value.problems


def test_the_file_gives_what_the_environment_does_not(file: Path) -> None:
    text = (
        'idle_minutes = 12\nhttps = true\nallowed_hosts = ["duty.example.org", "10.0.0.5"]\ntime_zone = "Asia/Urumqi"\n'
    )
    found = read(file, text, FENGSUI_IDLE_MINUTES="45")
    assert (found.idle_minutes, found.https, found.time_zone) == (45, True, "Asia/Urumqi")
    assert found.allowed_hosts == ["duty.example.org", "10.0.0.5"]
    assert found.file == file and set(found.file_holds) == {"HTTPS", "ALLOWED_HOSTS", "TIME_ZONE"}


def test_every_fault_of_the_file_is_told_at_once_with_its_line_and_what_to_write(file: Path) -> None:
    text = (
        "# our bureau\n"
        "idle_minuts = 12\n"
        "https = 'maybe'\n"
        "\n"
        "idle_minutes = 0\n"
        "metrics_from = ['10.0.0.0/8', 'everywhere']\n"
        "ping_url = 'ftp://watcher'\n"
        "log = 'xml'\n"
        "clock_offset = 60\n"
        "debug = 1.5\n"
        "roll_call = '31 10'\n"
        "[email]\n"
        "host = 'mail'\n"
    )
    problems = told(file, text, FENGSUI_EMAIL_SECURITY="ssl")
    wanted = [
        (2, "idle_minuts", "write idle_minutes"),
        (3, "https", "write yes or no"),
        (5, "idle_minutes", "from 1 to 1440"),
        (6, "metrics_from", "everywhere is no address"),
        (7, "ping_url", "https://"),
        (8, "log", "text or json"),
        (9, "clock_offset", "FENGSUI_CLOCK_OFFSET"),
        (10, "debug", "text, number"),
        (11, "roll_call", "1 to 20"),
        (12, "email", "leave it out|write email"),
    ]
    for line, name, remedy in wanted:
        (one,) = [one for one in problems if one.startswith(f"{file} line {line}, {name}")]
        assert any(word in one for word in remedy.split("|")), one
    assert any(one.startswith("FENGSUI_EMAIL_SECURITY ") for one in problems)
    assert len(problems) == len(wanted) + 1


def test_a_misspelt_variable_is_told_at_the_start_with_the_name_that_was_meant_and_without_its_value(
    file: Path,
) -> None:
    variables = {
        "FENGSUI_DATABSE_URL": "tulip-garden-66",
        "FENGSUI_idle_minutes": "5",
        "FENGSUI_XYZ": "",
        "OTHER_XYZ": "",
    }
    assert told(file, "log = 'xml'\n", **variables)[:3] == [
        "FENGSUI_DATABSE_URL is nothing that is read: set FENGSUI_DATABASE_URL.",
        "FENGSUI_XYZ is nothing that is read: unset it.",
        "FENGSUI_idle_minutes is nothing that is read: set FENGSUI_IDLE_MINUTES.",
    ]
    assert len(told(file, "log = 'xml'\n", **variables)) == 4


@pytest.mark.parametrize("command", [["doctor"], ["serve"], ["migrate", "--check"]])
def test_no_command_starts_with_a_misspelt_variable(command: list[str], tmp_path: Path, monkeypatch, capsys) -> None:
    monkeypatch.setenv("FENGSUI_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("FENGSUI_HTPS", "yes")
    assert commands.run(command) == 2
    assert "FENGSUI_HTPS is nothing that is read: set FENGSUI_HTTPS." in capsys.readouterr().err


def test_the_project_itself_sets_no_variable_that_nothing_reads() -> None:
    """Those of this test and of the doctor's are misspelt on purpose."""
    wrong, purpose = {}, {"DATABSE_URL", "HTPS", "XYZ"}
    for folder in ("src", "tests", "tools", "deploy", "bench", ".ci", "docs"):
        for path in (ROOT / folder).rglob("*"):
            if path.is_file() and path.suffix not in {".pyc", ".mo"}:
                named = set(re.findall(r"\bFENGSUI_([A-Z][A-Z_]*[A-Z])\b", path.read_text("utf-8", "ignore")))
                if named := named - set(configuration.KNOWN) - purpose:
                    wrong[str(path.relative_to(ROOT))] = named
    assert not wrong


@pytest.mark.parametrize("text", ["idle_minutes = ", "= 3", "idle_minutes = 3\nidle_minutes = 4"])
def test_a_file_that_is_no_toml_is_a_sentence_with_the_line(file: Path, text: str) -> None:
    (problem,) = told(file, text)
    assert problem.startswith(str(file)) and "line" in problem


def test_a_file_that_is_named_and_missing_is_told_and_none_can_be_asked_for(tmp_path: Path) -> None:
    data = str(tmp_path / "data")
    with pytest.raises(BadEnvironment) as raised:
        environment.read({"FENGSUI_DATA_DIR": data, "FENGSUI_CONFIG": str(tmp_path / "absent.toml")})
    assert len(raised.value.problems) == 1 and "absent.toml cannot be read" in raised.value.problems[0]
    assert environment.read({"FENGSUI_DATA_DIR": data, "FENGSUI_CONFIG": ""}).file is None


def test_the_file_of_the_machine_is_read_where_it_lies(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(configuration, "DEFAULT", file)
    variables = {"FENGSUI_DATA_DIR": str(file.parent / "data")}
    assert environment.read(variables).idle_minutes == 30
    file.write_text("idle_minutes = 7", encoding="utf-8")
    assert environment.read(variables).idle_minutes == 7


def test_no_sentence_about_a_setting_says_a_secret(file: Path) -> None:
    text = (
        'database_url = "postgresql://ann:tulip-garden-77@db"\nping_url = "tulip-garden-88"\nsecret_key = "tulip-99"\n'
    )
    problems = told(file, text)
    assert len(problems) == 3
    assert not any(secret in "\n".join(problems) for secret in ("tulip-garden-77", "tulip-garden-88", "tulip-99"))


@pytest.mark.django_db
def test_a_file_with_secrets_that_everybody_may_read_is_a_finding(file: Path, settings) -> None:  # type: ignore[no-untyped-def]
    found = read(file, 'email_password = "tulip-garden-11"\nidle_minutes = 9\n')
    settings.CONFIG_FILE, settings.CONFIG_HOLDS = found.file, found.file_holds
    at = clock.now()
    file.chmod(0o644)
    (wrong,) = [one for one in checks.environment(at) if "may read it" in one.text]
    assert wrong.grade == "problem"
    assert "email_password" in wrong.text and "chmod" in wrong.remedy and "idle" not in wrong.text
    file.chmod(0o640)
    assert not [one for one in checks.environment(at) if "may read it" in one.text]


def test_the_table_of_the_documents_is_the_table_of_the_settings() -> None:
    assert configuration.table() in (ROOT / "docs/operate.md").read_text(encoding="utf-8")


def test_every_setting_of_the_table_is_read_somewhere() -> None:
    source = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "src/fengsui/server").rglob("*.py"))
    for one in configuration.SETTINGS:
        assert f'("{one.name}"' in source.replace(f'Setting("{one.name}"', "") or f"FENGSUI_{one.name}" in source, (
            one.name
        )


def test_a_setting_that_is_not_in_the_table_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match="NOVELTY"):
        environment._Reader({}).text("NOVELTY")


def lines(style: str, write) -> list[str]:  # type: ignore[no-untyped-def]
    """What a log of this style holds after `write(logger)`."""
    formatter = logs.TextFormatter("%(asctime)s %(levelname)s %(name)s %(message)s")
    kept: list[str] = []

    class Keep(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            kept.append(self.format(record))

    handler = Keep()
    handler.setFormatter(formatter if style == "text" else logs.JsonLines(json_ensure_ascii=False))
    handler.addFilter(logs.InRequest())
    loggers = [logging.getLogger("fengsui.trial"), logging.getLogger("fengsui.request")]
    for logger in loggers:
        logger.addHandler(handler)
        logger.setLevel(logging.INFO)
    try:
        write(loggers[0])
    finally:
        for logger in loggers:
            logger.removeHandler(handler)
    return kept


def test_what_was_sealed_under_an_old_key_is_read_and_never_logged(settings, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "old-" * 10, []
    kept = sealing.seal({"token": "lotus-pond-41"})
    settings.SECRET_KEY = "new-" * 10
    with pytest.raises(sealing.Unreadable):
        sealing.unseal(kept)
    given = {"FENGSUI_DATA_DIR": str(tmp_path), "FENGSUI_CONFIG": "", "FENGSUI_OLD_SECRET_KEYS": "x," + "old-" * 10}
    settings.SECRET_KEY_FALLBACKS = environment.read(given).old_secret_keys
    assert sealing.unseal(kept) == {"token": "lotus-pond-41"}
    (line,) = lines("text", lambda logger: logger.warning("the gate said: lotus-pond-41 unknown to " + "old-" * 10))
    assert "lotus" not in line and "old-old" not in line


def test_no_number_of_addresses_pushes_a_secret_of_the_settings_out_of_memory() -> None:
    masking.hide("orchid-gate-77", for_good=True)
    masking.hide(*(f"person-{n}@example.org" for n in range(masking.MOST + 5)))
    assert masking.mask("orchid-gate-77 told person-1004@example.org") == "*** told ***"


@pytest.mark.parametrize("style", ["text", "json"])
def test_no_log_says_a_secret_in_its_words_its_values_or_a_traceback(style: str) -> None:
    masking.hide('tulip"garden', "密钥 tulip/garden-12")

    def write(logger: logging.Logger) -> None:
        logger.info('signed in with tulip"garden')
        logger.warning("sent to %s", "https://gate.example/send?token=0123456789abcdef&to=1")
        logger.warning("sent to %s", "https://gate.example/send?key=0123456789abcdef and " + "密钥 tulip/garden-12")
        logger.error("%s", "key fengsui_018cf0e21e807832bd21c1cda9efdd57_lotus-pond_42 is unknown")
        logger.error("%s", {"Authorization": "Bearer abcdefghijklmnop"})
        try:
            raise OSError(
                "postgresql://ann:s3cret-s3cret@db/x refused tulip%2Fgarden %E5%AF%86%E9%92%A5%20tulip%2Fgarden-12"
            )
        except OSError:
            logger.exception("no database")

    written = "\n".join(lines(style, write))
    told = ['tulip"garden', 'tulip\\"garden', "0123456789", "abcdefghijkl", "s3cret", "garden-12", "lotus"]
    assert [secret for secret in told if secret in written] == []
    assert written.count("***") >= 6 and "no database" in written and "OSError" in written


def test_a_json_line_says_when_what_and_for_whom(rf: RequestFactory) -> None:
    class Officer:
        id = "person-7"
        name = "张三"

    def answer(request):  # type: ignore[no-untyped-def]
        request.person = Officer()
        logging.getLogger("fengsui.trial").warning("重试 %s 次", 3)
        request.resolver_match = resolve(request.path)
        return HttpResponse(status=204)

    def write(logger: logging.Logger) -> None:
        asked = rf.get("/cases/LJ-2026-0001/?q=张三", headers={"X-Request-ID": "proxy-1"})
        assert logs.request_line(answer)(asked)["X-Request-ID"] == "proxy-1"

    first, last = map(json.loads, lines("json", write))
    assert first["message"] == "重试 3 次" and first["level"] == "WARNING" and first["logger"] == "fengsui.trial"
    assert first["moment"].endswith("+00:00") and first["request"] == "proxy-1" and first["person"] == "person-7"
    assert (last["method"], last["route"], last["status"]) == ("GET", "/cases/<str:number>/", 204)
    assert isinstance(last["milliseconds"], int)
    assert "张三" not in json.dumps([first, last], ensure_ascii=False) and "LJ-2026" not in json.dumps(last)


def test_a_line_of_the_http_interface_names_the_person_of_the_key(rf: RequestFactory) -> None:
    def answer(request):  # type: ignore[no-untyped-def]
        request.auth = SimpleNamespace(person=SimpleNamespace(id="person-9", name="张三"), token="t")
        return HttpResponse(status=204)

    (line,) = lines("json", lambda _: logs.request_line(answer)(rf.get("/api/v1/cases")))
    assert json.loads(line)["person"] == "person-9" and "张三" not in line


@pytest.mark.parametrize("given", ["", "x" * 65, "two words", "line\nbreak", "<script>"])
def test_an_id_that_is_not_plain_is_replaced(rf: RequestFactory, given: str) -> None:
    answered = logs.request_line(lambda request: HttpResponse())(rf.get("/", headers={"X-Request-ID": given}))
    assert logs.PLAIN.fullmatch(answered["X-Request-ID"]) and answered["X-Request-ID"] != given


@pytest.mark.django_db
def test_monitors_and_static_files_leave_no_line_and_a_page_one(client: Client) -> None:
    def write(logger: logging.Logger) -> None:
        client.get("/health")
        assert b"".join(client.get("/static/fengsui/icon.svg").streaming_content)
        client.get("/sign-in/?next=/cases/secret-number/")

    (line,) = lines("text", write)
    assert " GET /sign-in/ 200 " in line and "secret-number" not in line and "milliseconds=" in line


def test_queries_are_not_compiled_unless_the_address_says_so() -> None:
    plain = environment.database("postgresql://fengsui@db.example.org/fengsui")
    assert plain["OPTIONS"]["options"] == "-c jit=off"
    own = environment.database("postgresql://fengsui@db.example.org/fengsui?options=-c%20jit%3Don")
    assert own["OPTIONS"]["options"] == "-c jit=off -c jit=on", "PostgreSQL takes the last one"
