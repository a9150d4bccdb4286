"""Starts the services on free ports and temporary folders, measures, prints a table.

Called by ops/bench/run. Everything is compared within one run, since machines differ.
"""

import argparse
import concurrent.futures
import contextlib
import datetime
import http.client
import json
import os
import pathlib
import platform
import re
import resource
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import uuid

HERE = pathlib.Path(__file__).resolve().parent
REFERENCE = HERE.parent.parent / "Shared" / "Models" / "Reference"
TICKS = os.sysconf("SC_CLK_TCK")
CLUSTER = HERE.parent / "cluster"
PGBENCH = max(pathlib.Path("/usr/lib/postgresql").glob("*/bin/pgbench"), default="pgbench")
SERVICES = {
    "processor-registry": 1, "recycled-input": 2, "hydrogen-use": 3, "dashboard": 0,
}


def say(text):
    print(f"[{time.monotonic() - BEGIN:6.1f} s] {text}", file=sys.stderr, flush=True)


BEGIN = time.monotonic()


def free_ports(count):
    held = [socket.socket() for _ in range(count)]
    for one in held:
        one.bind(("127.0.0.1", 0))
    ports = [one.getsockname()[1] for one in held]
    for one in held:
        one.close()
    return ports


class Process:
    """A service of ours: started, watched, ended by its own id."""

    running = []

    def __init__(self, name, command, port, folder, environment=None):
        self.name, self.port = name, port
        folder.mkdir(parents=True, exist_ok=True)
        self.log = folder / f"{name}.log"
        settings = {
            "REMELT_HTTP_PORT": str(port),
            "REMELT_STORAGE_URL": f"sqlite:{folder}/{name}.sqlite",
            "REMELT_KEYS_FOLDER": f"{folder}/keys", "REMELT_LOG_LEVEL": "notice",
            **(environment or {}),
        }
        self.started = time.monotonic()
        with self.log.open("a") as log:
            self.process = subprocess.Popen(
                [str(part) for part in command], env={**os.environ, **settings}, stdout=log,
                stderr=log, stdin=subprocess.DEVNULL)
        Process.running.append(self)
        self.first_answer = self.await_ready()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def await_ready(self, seconds=60):
        """Seconds from exec to the first 200 of /health/ready."""
        while time.monotonic() - self.started < seconds:
            if self.process.poll() is not None:
                break
            try:
                connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
                connection.request("GET", "/health/ready")
                if connection.getresponse().status == 200:
                    return time.monotonic() - self.started
            except OSError:
                pass
            time.sleep(0.001)
        raise SystemExit(f"{self.name} was not ready; its log:\n{self.log.read_text()[-2000:]}")

    def cpu(self):
        """Seconds of user and system time so far."""
        with open(f"/proc/{self.process.pid}/stat") as stat:
            fields = stat.read().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def memory(self):
        """VmRSS in bytes."""
        with open(f"/proc/{self.process.pid}/status") as status:
            return int(re.search(r"VmRSS:\s+(\d+) kB", status.read()).group(1)) * 1024

    def metrics(self):
        """The metrics by name with labels."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        connection.request("GET", "/metrics")
        lines = connection.getresponse().read().decode().splitlines()
        return {
            line.rpartition(" ")[0]: float(line.rpartition(" ")[2])
            for line in lines if not line.startswith("#")
        }

    def settle(self):
        """Waits until it has nothing more to do."""
        for _ in range(600):
            before = self.cpu()
            time.sleep(0.5)
            if self.cpu() - before <= 0.03:
                return

    def stop(self):
        if self in Process.running:
            Process.running.remove(self)
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(30)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()


class Ledger:
    """A registry with one organisation, its facilities and a reporter."""

    def __init__(self, options, folder, facilities, storage=None):
        """`storage`: the address of a database other than a SQLite file in the folder."""
        self.options, self.folder = options, folder
        # Where other services are that are measured too.
        self.others = {}
        self.storage = {"REMELT_STORAGE_URL": storage} if storage else {}
        [self.port] = free_ports(1)
        self.start()
        self.token = self.sign_in("operator.key")
        self.organisation = self.post(
            "organisations",
            {"identifier": {"scheme": "bench", "value": "one"}, "name": "Bench"})["id"]
        key = self.post(
            "credentials",
            {
                "holder": "Bench", "holder_kind": "machine",
                "grants": [f"reporter@organisation:{self.organisation}"],
            })["key"]
        (folder / "keys" / "reporter.key").write_text(key)
        self.reporter = self.sign_in("reporter.key")
        self.facilities = self.register(facilities)
        (folder / "facilities").write_text("\n".join(self.facilities))

    def start(self):
        binary = self.options.binaries / "processor-registry"
        self.registry = Process(
            "processor-registry", [binary, "serve"], self.port, self.folder,
            {**self.settings, **self.storage})
        return self.registry

    def replica(self):
        """Another registry on the same database."""
        [port] = free_ports(1)
        binary = self.options.binaries / "processor-registry"
        return Process(
            "replica", [binary, "serve"], port, self.folder, {**self.settings, **self.storage})

    @property
    def settings(self):
        return {
            "REMELT_REGISTRY_URL": f"http://127.0.0.1:{self.port}",
            # Nothing listens there: what these two would say is not measured.
            "REMELT_RECYCLED_INPUT_URL": "http://127.0.0.1:9",
            "REMELT_HYDROGEN_USE_URL": "http://127.0.0.1:9", **self.others,
        }

    def sign_in(self, file):
        client, _, secret = (self.folder / "keys" / file).read_text().strip().partition(".")
        form = f"grant_type=client_credentials&client_id={client}&client_secret={secret}"
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        connection.request(
            "POST", "/registry/v1/token", form,
            {"Content-Type": "application/x-www-form-urlencoded"})
        token = json.loads(connection.getresponse().read())["access_token"]
        (self.folder / file).with_suffix(".token").write_text(token)
        return token

    def post(self, path, body, connection=None, token=None):
        connection = connection or http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        connection.request(
            "POST", f"/registry/v1/{path}", json.dumps(body),
            {
                "Authorization": f"Bearer {token or self.token}",
                "Content-Type": "application/json",
                "Idempotency-Key": str(uuid.uuid4()),
            })
        answer = connection.getresponse()
        text = answer.read()
        if answer.status != 201:
            raise SystemExit(f"POST {path} was answered {answer.status}: {text.decode()}")
        return json.loads(text)

    def register_more(self, count, round):
        """Facilities beside those that are there."""
        return self.register(count, 100_000 * (round + 1))

    def register(self, count, first=0):
        """Registers facilities in all provinces, as the public API does it."""
        lines = (REFERENCE / "provinces.csv").read_text().splitlines()[1:]
        places = [line.split(",")[0] for line in lines]
        places = [code for code in places if re.fullmatch(r"\d{6}", code) and code < "660000"]
        local = threading.local()

        def one(number):
            if not hasattr(local, "connection"):
                local.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
            place = places[number % len(places)]
            return self.post(
                "facilities",
                {
                    "organisation_id": self.organisation, "name": f"Bench {number:06}",
                    "identifier": {"scheme": "bench", "value": f"f{number}"},
                    "roles": ["scrap_processor", "mill"],
                    "location": {"country": "CN", "province": place, "authority": place},
                    "capacities": [{
                        "process": "scrap_processing", "metal": "steel",
                        "per_year": {"value": "300", "unit": "kt"},
                    }],
                    "obligations": [{
                        "report": "throughput", "metal": "steel", "from": "2018-01",
                    }],
                    "demonstration": True,
                }, local.connection)["id"]

        with concurrent.futures.ThreadPoolExecutor(32) as pool:
            return list(pool.map(one, range(first, first + count)))

    def bulk(self, file):
        """Sends a CSV file; seconds and what the summary says."""
        start = time.monotonic()
        answer = subprocess.run(
            [
                "curl", "-sS", "-m", "900", "--data-binary", f"@{file}", "-H", "Expect:",
                "-H", "Content-Type: text/csv", "-H", f"Authorization: Bearer {self.reporter}",
                f"{self.registry.url}/registry/v1/throughput/bulk",
            ], capture_output=True, check=True).stdout
        took = time.monotonic() - start
        last = json.loads(answer.rstrip().rpartition(b"\n")[2])
        if "summary" not in last or last.get("problem"):
            raise SystemExit(f"bulk was refused: {answer[-500:]}")
        return took, last["summary"]


COLUMNS = (
    "facility_id,metal,month,opening_t,purchased_obsolete_t,purchased_manufacturing_t,"
    "shipped_mill_t,shipped_foundry_t,input_t,product_grade,product_t,residue_t,loss_t,"
    "closing_t,note"
)


def t(kilograms):
    return f"{kilograms // 1000}.{kilograms % 1000:03}"


def write_csv(file, facilities, months):
    """The last `months` months of each facility, one facility after the other."""
    today = datetime.date.today()
    last = today.year * 12 + today.month - 2
    with file.open("w") as csv:
        csv.write(COLUMNS + "\n")
        for index, facility in enumerate(facilities):
            for number in range(last - months + 1, last + 1):
                seed = (index * 7919 + number * 104729) % 900001
                old, new = 100000 + seed, 50000 + seed % 70001
                residue, loss, foundry = 1000 + seed % 999, 500 + seed % 499, 9000 + seed % 999
                left = old + new - residue - loss
                csv.write(
                    f"{facility},steel,{number // 12:04}-{number % 12 + 1:02},0,{t(old)},{t(new)},"
                    f"{t(left - foundry)},{t(foundry)},{t(old + new)},GB/T 39733:SRS401,{t(left)},"
                    f"{t(residue)},{t(loss)},0,row {number}\n")


def span(last, count):
    """The `count` months up to one, in a query. A month's number is year × 12 + month - 1."""
    first = last - count + 1
    return (
        f"from={first // 12:04}-{first % 12 + 1:02}&to={last // 12:04}-{last % 12 + 1:02}")


def small_report(facility, month):
    """A report that adds up, of a month's number."""
    def mass(tonnes):
        return {"value": tonnes, "unit": "t"}

    return {
        "facility_id": facility, "metal": "steel", "month": f"{month // 12:04}-{month % 12 + 1:02}",
        "opening": mass("0"), "purchases": [{"source": "obsolete", "mass": mass("100")}],
        "shipments": [{"destination": "mill", "mass": mass("99")}], "input": mass("100"),
        "products": [{"grade": "GB/T 39733:SRS401", "mass": mass("99")}], "residue": mass("1"),
        "closing": mass("0"),
    }


def wrk(url, connections, seconds, token_file, facilities="-", first=0, report="throughput"):
    output = subprocess.run(
        [
            "wrk", "-t", str(min(2, connections)), "-c", str(connections), "-d", f"{seconds}s",
            "--timeout", "10s", "-s", HERE / "load.lua", url, "--", token_file, facilities,
            str(first), report,
        ], capture_output=True, text=True, check=True).stdout
    return json.loads(output.strip().splitlines()[-1])


def under_load(
        process, path, connections, seconds, token_file, facilities="-", first=0,
        report="throughput"):
    """One repetition: what wrk says, and the server's CPU seconds per request."""
    process.settle()
    before = process.cpu()
    result = wrk(process.url + path, connections, seconds, token_file, facilities, first, report)
    # What was under way at the end was worked on too, but not counted: at most `connections`.
    result["cpu_us"] = (process.cpu() - before) * 1e6 / max(1, result["requests"])
    result["per_second"] = result["requests"] / result["seconds"]
    if result["errors"]:
        raise SystemExit(f"{path}: {result['errors']} of {result['requests']} requests failed")
    return result


def median(results, name):
    return statistics.median(result[name] for result in results)


class Run:
    def __init__(self, options, folder):
        self.options, self.folder = options, folder
        self.lines, self.facts = [], {}
        self.quick = options.quick
        self.repetitions = 3
        self.seconds = 3 if self.quick else 6

    def line(self, measure, figure, target, met):
        self.lines.append({
            "measure": measure, "figure": figure, "target": target,
            "met": None if met is None else bool(met),
        })
        verdict = {True: "met", False: "NOT MET", None: ""}[self.lines[-1]["met"]]
        say(f"{measure}: {figure} ({target}) {verdict}")

    def start(self, name, folder, ledger):
        return Process(
            name, [self.options.binaries / name, "serve"], free_ports(1)[0], folder,
            {**ledger.settings, "REMELT_KEYS_FOLDER": f"{ledger.folder}/keys"})

    def start_echo(self, ledger):
        [port] = free_ports(1)
        echo = Process(
            "bench", [self.options.binaries / "remelt-bench", "echo"], port, ledger.folder,
            ledger.settings)
        # Until it has the registry's key.
        for _ in range(200):
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
            connection.request(
                "POST", "/bench/echo", "{}",
                {
                    "Authorization": f"Bearer {ledger.reporter}",
                    "Content-Type": "application/json",
                })
            if connection.getresponse().status == 422:
                return echo
            time.sleep(0.05)
        raise SystemExit("the echo never learnt the registry's key")

    # 1

    def posts(self, small, echo):
        ledger = Ledger(self.options, self.folder / "posts", 2000)
        tokens = ledger.folder / "reporter.token"
        posts, echoes, first = [], [], 0
        under_load(
            ledger.registry, "/registry/v1/throughput", 64, 1, tokens,
            ledger.folder / "facilities", first)
        for _ in range(self.repetitions):
            first += 60_000
            posts.append(
                under_load(
                    ledger.registry, "/registry/v1/throughput", 64, self.seconds, tokens,
                    ledger.folder / "facilities", first))
            echoes.append(
                under_load(
                    echo, "/bench/echo", 64, self.seconds, small.folder / "reporter.token",
                    ledger.folder / "facilities", first))
        first = self.mill_posts(ledger, first)
        metrics = ledger.registry.metrics()
        group = (
            metrics["remelt_commit_group_size_sum"] / metrics["remelt_commit_group_size_count"])
        ledger.registry.stop()
        self.facts["post"] = {
            "posts": posts, "echoes": echoes, "mean_commit_group": group,
        }
        self.post_line(posts, echoes)
        if "storage.commit.group" in self.settings_of("processor-registry"):
            self.group_of_one(ledger, first)
        else:
            self.one_transaction_each(ledger, posts)

    def mill_posts(self, ledger, first):
        """A mill's month of ten input lines, in turns with the throughput POST."""
        service = self.start("recycled-input", ledger.folder, ledger)
        tokens, facilities = ledger.folder / "reporter.token", ledger.folder / "facilities"
        self.await_facilities(service, ledger)
        mills, posts = [], []
        for _ in range(self.repetitions):
            first += 60_000
            mills.append(
                under_load(
                    service, "/recycled-input/v1/reports", 64, self.seconds, tokens, facilities,
                    first, "mill"))
            posts.append(
                under_load(
                    ledger.registry, "/registry/v1/throughput", 64, self.seconds, tokens,
                    facilities, first))
        service.stop()
        self.facts["mill"] = {"mills": mills, "posts": posts}
        cpu, other = median(mills, "cpu_us"), median(posts, "cpu_us")
        self.line(
            "mill's POST (ten input lines): CPU ÷ throughput POST's",
            f"{cpu / other:.2f}× ({cpu:,.0f} µs ÷ {other:,.0f} µs;"
            f" {median(mills, 'per_second'):,.0f}/s)", "≤ 2×", cpu / other <= 2)
        return first

    def await_facilities(self, service, ledger):
        """Until the service has followed the registry up to its last facility."""
        for _ in range(1200):
            connection = http.client.HTTPConnection("127.0.0.1", service.port, timeout=10)
            connection.request(
                "POST", "/recycled-input/v1/reports",
                json.dumps({
                    "facility_id": ledger.facilities[-1], "metal": "steel", "period": "2049-12",
                    "nil": True,
                }),
                {
                    "Authorization": f"Bearer {ledger.reporter}", "Idempotency-Key": "await",
                    "Content-Type": "application/json",
                })
            # A month that is not over is refused when the facility is known, with 404 before.
            if connection.getresponse().status == 422:
                return
            time.sleep(0.05)
        raise SystemExit("recycled-input never learnt the facilities")

    def settings_of(self, name):
        return subprocess.run(
            [self.options.binaries / name, "--help"], capture_output=True, text=True).stdout

    def group_of_one(self, ledger, first):
        """The same product and ledger with groups of 64 writes and of one, in turns."""
        rates = {1: [], 64: []}
        for _ in range(self.repetitions):
            for size in rates:
                first += 60_000
                ledger.registry = Process(
                    "processor-registry", [self.options.binaries / "processor-registry", "serve"],
                    ledger.port, ledger.folder,
                    {**ledger.settings, "REMELT_STORAGE_COMMIT_GROUP": str(size)})
                rates[size].append(
                    under_load(
                        ledger.registry, "/registry/v1/throughput", 64, self.seconds,
                        ledger.folder / "reporter.token", ledger.folder / "facilities",
                        first)["per_second"])
                ledger.registry.stop()
        one, many = statistics.median(rates[1]), statistics.median(rates[64])
        self.facts["group_of_one"] = rates
        self.line(
            "POST/s ÷ one transaction per request",
            f"{many / one:.2f}× ({many:,.0f}/s ÷ {one:,.0f}/s)", "≥ 2.5×", many / one >= 2.5)

    def post_line(self, posts, echoes):
        rate, cpu = median(posts, "per_second"), median(posts, "cpu_us")
        echo_cpu = median(echoes, "cpu_us")
        self.line(
            "durable POST at 64 connections",
            f"{rate:,.0f}/s, p50 {median(posts, 'p50_us') / 1000:.1f} ms,"
            f" p99 {median(posts, 'p99_us') / 1000:.1f} ms, {cpu:,.0f} µs CPU", "", None)
        self.line(
            "echo at 64 connections",
            f"{median(echoes, 'per_second'):,.0f}/s, {echo_cpu:,.0f} µs CPU", "", None)
        self.line(
            "POST: server CPU ÷ echo's", f"{cpu / echo_cpu:.2f}×", "≤ 2.5×", cpu / echo_cpu <= 2.5)

    def one_transaction_each(self, ledger, posts):
        """The same store work, one writer at a time and 64, on copies of the ledger just filled."""
        rates = {1: [], 64: []}
        for number in range(self.repetitions):
            for writers in rates:
                copy = self.folder / "commits"
                copy.mkdir()
                for suffix in ["", "-wal"]:
                    source = ledger.folder / f"processor-registry.sqlite{suffix}"
                    if source.exists():
                        shutil.copy(source, copy / f"copy.sqlite{suffix}")
                output = subprocess.run(
                    [
                        self.options.binaries / "remelt-bench", "commits", "--database",
                        f"sqlite:{copy}/copy.sqlite", "--writers", str(writers), "--seconds",
                        str(self.seconds),
                    ], capture_output=True, text=True, check=True).stdout
                rates[writers].append(json.loads(output)["per_second"])
                shutil.rmtree(copy)
        one, many = statistics.median(rates[1]), statistics.median(rates[64])
        self.facts["commits"] = rates
        ratio = median(posts, "per_second") / one
        self.line(
            "POST/s ÷ one transaction per write",
            f"{ratio:.2f}× (store work alone: {one:,.0f}/s one by one, {many:,.0f}/s gathered,"
            f" {many / one:.1f}×)", "≥ 2.5×", ratio >= 2.5)

    # 2

    def bulk(self, ledger, files):
        rows = None
        rates, baselines, cpus, import_cpus = [], [], [], []
        for file in files:
            ledger.registry.settle()
            before = ledger.registry.cpu()
            took, summary = ledger.bulk(file)
            rows = summary["rows"]
            if summary["created"] != rows:
                raise SystemExit(f"bulk: {summary}")
            rates.append(rows / took)
            cpus.append((ledger.registry.cpu() - before) * 1e6 / rows)
            took, cpu = self.sqlite_import(file)
            baselines.append(rows / took)
            import_cpus.append(cpu * 1e6 / rows)
            say(f"bulk {rows:,} rows: {rates[-1]:,.0f}/s; .import {baselines[-1]:,.0f}/s")
        self.facts["bulk"] = {
            "rows": rows, "per_second": rates, "import_per_second": baselines, "cpu_us": cpus,
            "import_cpu_us": import_cpus,
        }
        # Each file next to the import of the same file.
        ratio = statistics.median(a / b for a, b in zip(rates, baselines))
        self.line(
            f"bulk CSV, {rows:,} rows",
            f"{statistics.median(rates):,.0f} rows/s, {statistics.median(cpus):,.0f} µs CPU a row;"
            f" sqlite3 .import {statistics.median(baselines):,.0f} rows/s", "", None)
        # By CPU, too: other work on the machine disturbs the long one more than the short one.
        by_cpu = statistics.median(import_cpus) / statistics.median(cpus)
        self.line(
            "bulk ÷ sqlite3 .import", f"{ratio:.3f}× (by CPU {by_cpu:.3f}×)", "≥ 0.06×",
            ratio >= 0.06)

    def sqlite_import(self, file):
        """Seconds by the clock and of CPU."""
        database = self.folder / "bare.sqlite"
        names = ", ".join(f"{name} TEXT" for name in COLUMNS.split(","))
        script = (
            "PRAGMA journal_mode=WAL;\nPRAGMA synchronous=FULL;\n"
            f"CREATE TABLE bare ({names});\n.mode csv\n.import --skip 1 {file} bare\n"
        )
        def used():
            usage = resource.getrusage(resource.RUSAGE_CHILDREN)
            return usage.ru_utime + usage.ru_stime

        start, before = time.monotonic(), used()
        subprocess.run(
            ["sqlite3", "-batch", database], input=script, text=True, check=True,
            stdout=subprocess.DEVNULL)
        took, cpu = time.monotonic() - start, used() - before
        for left in self.folder.glob("bare.sqlite*"):
            left.unlink()
        return took, cpu

    # 3

    def dashboards(self, few, many, echo, small, large, reports):
        def question(months, by):
            today = datetime.date.today()
            last = today.year * 12 + today.month - 2
            return f"/dashboard/v1/throughput?by={by}&{span(last, months)}"

        asked = question(8, "region")
        answers, echoes = {"few": [], "many": []}, []
        for service, ledger in [(few, small), (many, large)]:
            under_load(service, asked, 8, 1, ledger.folder / "operator.token")
        for _ in range(self.repetitions):
            answers["few"].append(
                under_load(few, asked, 8, self.seconds, small.folder / "operator.token"))
            answers["many"].append(
                under_load(many, asked, 8, self.seconds, large.folder / "operator.token"))
            echoes.append(
                under_load(
                    echo, "/bench/echo", 8, self.seconds, small.folder / "reporter.token",
                    small.folder / "facilities", 0))
        wide = under_load(
            few, question(12, "province"), 8, self.seconds, small.folder / "operator.token")
        self.facts["dashboard"] = {
            **answers, "echoes": echoes, "province_12_months": wide, "question": asked,
        }
        cpu, echo_cpu = median(answers["few"], "cpu_us"), median(echoes, "cpu_us")
        self.line(
            "dashboard, 96 figures (3 regions × 8 months × 4)",
            f"{median(answers['few'], 'per_second'):,.0f}/s, {cpu:,.0f} µs CPU;"
            f" echo at 8 connections {echo_cpu:,.0f} µs", "", None)
        self.line(
            "dashboard: server CPU ÷ echo's", f"{cpu / echo_cpu:.2f}×", "≤ 6×", cpu / echo_cpu <= 6)
        slower = median(answers["many"], "mean_us") / median(answers["few"], "mean_us")
        more = median(answers["many"], "cpu_us") / cpu
        self.line(
            f"dashboard: {reports:,} reports ÷ 10,000",
            f"{slower:.2f}× the time, {more:.2f}× the CPU", "≤ 1.2×", slower <= 1.2)
        self.line(
            "dashboard, 31 provinces × 12 months",
            f"{wide['per_second']:,.0f}/s, {wide['cpu_us']:,.0f} µs CPU", "", None)

    # 4

    def follow(self, ledger, name="follower", target=20_000, others=()):
        """A dashboard with nothing follows the whole journal, and those of other services."""
        sources = [ledger.registry, *others]
        for source in sources:
            source.settle()
        size = sum(source.metrics()["remelt_journal_signed_size"] for source in sources)
        dashboard = self.start("dashboard", self.folder / f"{name}-dashboard", ledger)
        memory, deadline = {}, time.monotonic() + 1800
        while time.monotonic() < deadline and 1.0 not in memory:
            applied = self.applied(dashboard, ledger)
            for share in (0.25, 0.5, 1.0):
                if share not in memory and applied >= share * size:
                    memory[share] = dashboard.memory()
            time.sleep(0.1)
        cpu, took = dashboard.cpu(), time.monotonic() - dashboard.started
        per_second = size / cpu
        self.facts[name] = {
            "entries": size, "cpu_seconds": cpu, "seconds": took, "memory": memory,
        }
        self.line(
            f"{name}, {size:,.0f} entries",
            f"{per_second:,.0f} entries a CPU second ({size / took:,.0f}/s by the clock)",
            f"≥ {target:,}/s", per_second >= target)
        sizes = [memory.get(share, 0) / 1e6 for share in (0.25, 0.5, 1.0)]
        growth = sizes[2] / sizes[0] if sizes[0] else 99
        self.line(
            f"{name}'s memory at 25, 50, 100 %",
            ", ".join(f"{size:.0f}" for size in sizes) + f" MB ({growth:.2f}×)", "flat (≤ 1.1×)",
            growth <= 1.1)
        return dashboard

    def applied(self, dashboard, ledger):
        """How many entries of the journals the dashboard has applied."""
        connection = http.client.HTTPConnection("127.0.0.1", dashboard.port, timeout=30)
        connection.request(
            "GET", "/dashboard/v1/sources", headers={"Authorization": f"Bearer {ledger.token}"})
        answer = connection.getresponse()
        # 401 until it has read the registry's key out of the journal.
        if answer.status != 200:
            return 0
        sources = json.loads(answer.read())["items"]
        return sum(source["size"] for source in sources)

    # Figures

    def figures(self, small, echo):
        """Figures of reports that were recorded over ten years, now and as of a moment."""
        ledger, mills, past = self.past()
        dashboard = self.follow(ledger, "rebuild", 30_000, [mills])
        last, end = past["last_month"], past["last_ms"] // 1000
        year_before = end - 365 * 86_400
        moment = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(year_before))

        def question(definition, last):
            return (
                f"/dashboard/v1/figures?definition={definition}&metal=steel&by=province&"
                f"{span(last, 12)}")

        now = question("THROUGHPUT", last)
        # The months that had been reported by then, so that there are as many reports to read.
        then = question("THROUGHPUT", last - 12)
        # What is asked, the span of other moments, whether reports come meanwhile, the target.
        measures = {
            "figures, 31 provinces × 12 months": (now, "-", False, 8),
            "figures, while a report a second comes": (now, "-", True, 8),
            "figures, scrap share of mills": (
                question("SCRAP_SHARE_METALLIC_CHARGE", last), "-", False, 8),
            "figures as of a year before": (f"{then}&as_of={moment}", "-", False, 50),
            "figures as of another moment each": (then, f"{year_before}-{end}", False, 50),
        }
        quiet = ledger.register_more(20, 0)
        reports = (
            small_report(facility, month)
            for month in range(last - 11, last + 1) for facility in quiet)
        tokens = ledger.folder / "operator.token"
        found, echoes = {name: [] for name in measures}, []
        for path, moments, _, _ in measures.values():
            self.demand_rows(dashboard, ledger, path, 31 * 12)
            under_load(dashboard, path, 8, 1, tokens, report=moments)
        for number in range(1, self.repetitions + 1):
            for name, (path, moments, posted, _) in measures.items():
                with self.posting(ledger, reports) if posted else contextlib.nullcontext():
                    found[name].append(
                        under_load(
                            dashboard, path, 8, self.seconds, tokens, first=number * 1_000_000,
                            report=moments))
            echoes.append(
                under_load(
                    echo, "/bench/echo", 8, self.seconds, small.folder / "reporter.token",
                    small.folder / "facilities", 0))
        self.facts["figures"] = {**found, "echoes": echoes, "past": past}
        echo_cpu = median(echoes, "cpu_us")
        for name, (_, _, _, target) in measures.items():
            cpu, rate = median(found[name], "cpu_us"), median(found[name], "per_second")
            self.line(
                f"{name}: CPU ÷ echo's",
                f"{cpu / echo_cpu:.2f}× ({cpu:,.0f} µs ÷ {echo_cpu:,.0f} µs; {rate:,.0f}/s,"
                f" p99 {median(found[name], 'p99_us') / 1000:.1f} ms)",
                f"≤ {target}×", cpu / echo_cpu <= target)
        for process in (dashboard, mills, ledger.registry):
            process.stop()
        for folder in (ledger.folder, self.folder / "rebuild-dashboard"):
            shutil.rmtree(folder)

    def past(self):
        """A registry and a service of mills that were stopped and given ten years of reports."""
        facilities = 800 if self.quick else 8000
        say(f"registering {facilities:,} facilities …")
        ledger = Ledger(self.options, self.folder / "past", facilities)
        (ledger.folder / "mills").write_text("\n".join(ledger.facilities[:facilities // 10]))
        ledger.registry.stop()
        past = self.enter_past(ledger, "processor-registry", "facilities")
        ledger.start()
        mills = self.start("recycled-input", ledger.folder, ledger)
        self.await_facilities(mills, ledger)
        mills.stop()
        self.enter_past(ledger, "recycled-input", "mills", "--mills")
        mills = self.start("recycled-input", ledger.folder, ledger)
        ledger.others["REMELT_RECYCLED_INPUT_URL"] = mills.url
        ledger.token = ledger.sign_in("operator.key")
        ledger.reporter = ledger.sign_in("reporter.key")
        return ledger, mills, past

    def enter_past(self, ledger, service, facilities, *flags):
        """What `remelt-bench past` says that it has entered."""
        say(f"entering the past of {service} …")
        output = subprocess.run(
            [
                self.options.binaries / "remelt-bench", "past", "--database",
                f"sqlite:{ledger.folder}/{service}.sqlite", "--facilities",
                ledger.folder / facilities, *flags,
            ], stdout=subprocess.PIPE, text=True, check=True).stdout
        say(output.strip())
        return json.loads(output)

    def demand_rows(self, dashboard, ledger, path, count):
        """That there are figures to be measured."""
        connection = http.client.HTTPConnection("127.0.0.1", dashboard.port, timeout=120)
        connection.request("GET", path, headers={"Authorization": f"Bearer {ledger.token}"})
        answer = connection.getresponse()
        text = answer.read()
        rows = json.loads(text).get("rows", [])
        if len(rows) != count or any(row.get("value") is None for row in rows):
            raise SystemExit(
                f"{path} was answered {answer.status}, {len(rows)} rows: {text[:500].decode()}")

    @contextlib.contextmanager
    def posting(self, ledger, reports):
        """Posts one of the reports each second meanwhile, so that no answer lasts."""
        over = threading.Event()

        def post():
            while not over.wait(1):
                ledger.post("throughput", next(reports), token=ledger.reporter)

        with concurrent.futures.ThreadPoolExecutor(1) as pool:
            posted = pool.submit(post)
            try:
                yield
            finally:
                over.set()
            posted.result()

    # PostgreSQL

    def postgres(self):
        """The same product on PostgreSQL, next to SQLite on the same disk."""
        folder = pathlib.Path(tempfile.mkdtemp(prefix="remelt-bench-", dir=os.environ.get(
            "BENCH_FOLDER")))
        try:
            url = subprocess.run(
                [CLUSTER, "start", folder], capture_output=True, text=True, check=True
            ).stdout.strip()
            ledgers = {
                "sqlite": Ledger(self.options, self.folder / "on-sqlite", 2000),
                "postgres": Ledger(self.options, self.folder / "on-postgres", 2000, url),
            }
            self.postgres_posts(ledgers, url)
            self.postgres_bulk(ledgers["postgres"], url)
            for ledger in ledgers.values():
                ledger.registry.stop()
        finally:
            subprocess.run([CLUSTER, "remove", folder], check=False)
            shutil.rmtree(folder, ignore_errors=True)

    def postgres_posts(self, ledgers, url):
        """64 connections to one registry on either engine, then 32 to each of two replicas."""
        found = {"sqlite": [], "postgres": [], "replicas": []}
        first, trips, requests = 0, 0, 0
        for number in range(self.repetitions + 1):
            for engine, ledger in ledgers.items():
                first += 60_000
                before = self.round_trips(ledger.registry)
                result = self.post_load(ledger, ledger.registry, 64, first)
                # The first repetition warms up.
                if number == 0:
                    continue
                found[engine].append(result)
                if engine == "postgres":
                    trips += self.round_trips(ledger.registry) - before
                    requests += result["requests"]
            if number == 0:
                continue
            ledger = ledgers["postgres"]
            replica = ledger.replica()
            first += 120_000
            with concurrent.futures.ThreadPoolExecutor(2) as pool:
                both = list(pool.map(
                    lambda one: self.post_load(ledger, one[0], 32, one[1]),
                    [(ledger.registry, first), (replica, first + 60_000)]))
            replica.stop()
            found["replicas"].append({"per_second": sum(one["per_second"] for one in both)})
        self.facts["postgres_posts"] = found
        one = {engine: median(results, "per_second") for engine, results in found.items()}
        latency = self.round_trip(url)
        self.line(
            "durable POST on PostgreSQL at 64 connections",
            f"{one['postgres']:,.0f}/s, p99 {median(found['postgres'], 'p99_us') / 1000:.1f} ms,"
            f" {median(found['postgres'], 'cpu_us'):,.0f} µs of the service's CPU;"
            f" {trips / requests:.1f} round trips a POST, one is {latency:,.0f} µs", "", None)
        self.line(
            "PostgreSQL ÷ SQLite",
            f"{one['postgres'] / one['sqlite']:.2f}× ({one['sqlite']:,.0f}/s on SQLite)",
            "≥ 0.25×", one["postgres"] / one["sqlite"] >= 0.25)
        self.line(
            "two replicas ÷ one",
            f"{one['replicas'] / one['postgres']:.2f}× ({one['replicas']:,.0f}/s)", "≥ 0.8×",
            one["replicas"] / one["postgres"] >= 0.8)

    def post_load(self, ledger, registry, connections, first):
        return under_load(
            registry, "/registry/v1/throughput", connections, self.seconds,
            ledger.folder / "reporter.token", ledger.folder / "facilities", first)

    def round_trips(self, registry):
        return sum(
            value for name, value in registry.metrics().items()
            if name.startswith("remelt_postgres_round_trips"))

    def round_trip(self, url):
        """Microseconds of the smallest prepared query over the same kind of connection."""
        script = self.folder / "one.sql"
        script.write_text("SELECT 1;\n")
        said = subprocess.run(
            [PGBENCH, "-n", "-M", "prepared", "-c", "1", "-T", "3", "-f", script, url],
            capture_output=True, text=True, check=True).stdout
        return float(re.search(r"latency average = ([0-9.]+) ms", said).group(1)) * 1000

    def postgres_bulk(self, ledger, url):
        """A CSV file next to \\copy of the same file into one bare table."""
        rates, copies, rows = [], [], 0
        for number in range(1 if self.quick else 3):
            file = self.folder / "bulk.csv"
            facilities = ledger.register_more(500, number)
            write_csv(file, facilities, 100)
            ledger.registry.settle()
            took, summary = ledger.bulk(file)
            rows = summary["rows"]
            if summary["created"] != rows:
                raise SystemExit(f"bulk: {summary}")
            rates.append(rows / took)
            names = ", ".join(f"{name} TEXT" for name in COLUMNS.split(","))
            start = time.monotonic()
            subprocess.run(
                [
                    "psql", "-qX", "-v", "ON_ERROR_STOP=1", "-d", url, "-c",
                    f"CREATE TABLE bare ({names})", "-c",
                    f"\\copy bare FROM '{file}' CSV HEADER", "-c", "DROP TABLE bare",
                ], check=True)
            copies.append(rows / (time.monotonic() - start))
        self.facts["postgres_bulk"] = {"rows": rows, "per_second": rates, "copy": copies}
        ratio = statistics.median(a / b for a, b in zip(rates, copies))
        self.line(
            f"bulk CSV on PostgreSQL, {rows:,} rows",
            f"{statistics.median(rates):,.0f} rows/s; \\copy {statistics.median(copies):,.0f}"
            " rows/s", "", None)
        self.line("bulk ÷ \\copy", f"{ratio:.3f}×", "≥ 0.06×", ratio >= 0.06)

    # 5

    def starts(self, ledger, folders):
        """Every service on a database that exists: its first answer, and its memory once idle."""
        times, memory = {}, {}
        for _ in range(self.repetitions):
            for name in SERVICES:
                if name == "processor-registry":
                    process = ledger.start()
                else:
                    process = self.start(name, folders[name], ledger)
                times.setdefault(name, []).append(process.first_answer)
                if name != "processor-registry":
                    process.settle()
                    time.sleep(1)
                    memory.setdefault(name, []).append(process.memory())
                    process.stop()
            ledger.registry.settle()
            memory.setdefault("processor-registry", []).append(ledger.registry.memory())
            ledger.registry.stop()
        self.facts["starts"] = {"seconds": times, "memory": memory}
        for name in SERVICES:
            used, first = statistics.median(memory[name]) / 1e6, statistics.median(times[name])
            self.line(f"idle memory: {name}", f"{used:.0f} MB", "< 60 MB", used < 60)
            self.line(f"first answer: {name}", f"{first:.3f} s", "≤ 0.5 s", first <= 0.5)

    def everything(self):
        if self.options.only == ["postgres"]:
            return self.postgres()
        small = Ledger(self.options, self.folder / "small", 100)
        file = self.folder / "small.csv"
        write_csv(file, small.facilities, 100)
        small.bulk(file)
        echo = self.start_echo(small)
        if not self.options.only or "post" in self.options.only:
            self.posts(small, echo)
        if not self.options.only or "figures" in self.options.only:
            self.figures(small, echo)
        if self.options.only:
            return
        files, share = (1, 1000) if self.quick else (5, 2000)
        say(f"registering {files * share:,} facilities …")
        large = Ledger(self.options, self.folder / "large", files * share)
        paths = []
        for number in range(files):
            paths.append(self.folder / f"large-{number}.csv")
            write_csv(paths[-1], large.facilities[number * share:(number + 1) * share], 100)
        self.bulk(large, paths)
        many = self.follow(large)
        few = self.start("dashboard", self.folder / "small-dashboard", small)
        few.settle()
        self.dashboards(few, many, echo, small, large, files * share * 100)
        for process in (few, many, echo, small.registry, large.registry):
            process.stop()
        folders = {
            "dashboard": self.folder / "follower-dashboard",
            "recycled-input": self.folder / "others", "hydrogen-use": self.folder / "others",
        }
        large.start()
        for name in ("recycled-input", "hydrogen-use"):
            process = self.start(name, folders[name], large)
            process.settle()
            process.stop()
        large.registry.stop()
        self.starts(large, folders)
        self.postgres()

    def machine(self):
        cpu = re.search(r"model name\s*: (.*)", pathlib.Path("/proc/cpuinfo").read_text())
        return {
            "cpus": os.cpu_count(), "cpu": cpu.group(1) if cpu else platform.machine(),
            "system": platform.platform(), "load_before": os.getloadavg()[0],
            "fdatasync_us": self.fdatasync(),
        }

    def fdatasync(self):
        """What one durable write of 4 KiB costs on this disk."""
        file = os.open(self.folder / "sync", os.O_CREAT | os.O_WRONLY)
        start = time.monotonic()
        for number in range(200):
            os.pwrite(file, bytes(4096), 4096 * number)
            os.fdatasync(file)
        os.close(file)
        return round((time.monotonic() - start) / 200 * 1e6)


def table(lines):
    rows = [("measure", "figure", "target", "")]
    for line in lines:
        verdict = {True: "met", False: "NOT MET", None: ""}[line["met"]]
        rows.append((line["measure"], line["figure"], line["target"], verdict))
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    rows.insert(1, tuple("-" * width for width in widths))
    return "\n".join(
        "| " + " | ".join(text.ljust(width) for text, width in zip(row, widths)) + " |"
        for row in rows)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--binaries", type=pathlib.Path, required=True)
    parser.add_argument("--json", type=pathlib.Path)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--only", action="append")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with tempfile.TemporaryDirectory(
        prefix="remelt-bench-", dir=os.environ.get("BENCH_FOLDER")) as folder:
        run = Run(options, pathlib.Path(folder))
        machine = {**run.machine(), "date": datetime.date.today().isoformat()}
        try:
            run.everything()
        finally:
            for process in list(Process.running):
                process.stop()
    print(table(run.lines))
    print(json.dumps(machine))
    if options.json:
        options.json.write_text(
            json.dumps(
                {"machine": machine, "quick": run.quick, "lines": run.lines, "facts": run.facts},
                indent=1))


if __name__ == "__main__":
    main()
