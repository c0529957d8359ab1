using System.Globalization;
using CallCenter.Benchmarks.Measure;
using CallCenter.Simulator.Audio;
using CallCenter.Simulator.Wire;
using CallCenter.TestKit.Running;

namespace CallCenter.Benchmarks.Call;

/// <summary>
/// <c>bench call</c>: what a call costs and how many a machine takes, with everything that belongs to a call (menu, key,
/// queue, agent, recording, history, figures) and the load tool on the same cores.
/// </summary>
internal sealed class CallBench(TimeProvider clock, TextWriter output, Shape shape = Shape.OneProcess)
{
    public const string Name = "call", Fleet = "fleet";

    private const int Agents = 60, Seed = 20260901, Together = 40, AgentsForWaits = 10, WaitersPerAgent = 3;
    private const double SustainedShare = 0.99, SetUpMsMax = 2_000, MemoryMax = 1500, StartMax = 5, FleetFreedAgentMs = 300;
    private const char Recorded = '1', Unrecorded = '2', Unserved = '3';
    private static readonly double[] Rates = [2, 4, 6, 8, 10, 12, 15, 18, 22, 26, 30, 40, 50];
    private static readonly TimeSpan Step = TimeSpan.FromSeconds(12), Window = TimeSpan.FromSeconds(20), Settle = TimeSpan.FromSeconds(4), TalkTime = TimeSpan.FromSeconds(1), WaitsTime = TimeSpan.FromSeconds(30);

    private readonly List<Row> _rows = [];
    private readonly List<string> _faults = [];

    /// <summary>Runs all cases.</summary>
    public Task<IReadOnlyList<Row>> Run() => Run(async (centre, callers, phones) =>
    {
        await Idle(centre);
        await WarmUp(callers);
        await OneRate(centre, callers);
        await TalkCost(centre, callers, Recorded, "talk, recorded", References.RecordedTalkCpuSeconds);
        await TalkCost(centre, callers, Unrecorded, "talk, not recorded", References.TalkCpuSeconds);
        await TalkCost(centre, callers, Unserved, "waiting with music", References.MusicCpuSeconds);
        await IdleToAudio(centre, callers, phones);
        await Ramp(callers);
    });

    /// <summary>Those in which one process and a fleet may differ.</summary>
    public Task<IReadOnlyList<Row>> RunShape() => Run(async (centre, callers, phones) =>
    {
        await Memory(centre);
        await Idle(centre);
        await WarmUp(callers);
        await OneRate(centre, callers);
        await IdleToAudio(centre, callers, phones);
        await Ramp(callers);
    });

    private async Task<IReadOnlyList<Row>> Run(Func<BenchCentre, BenchCaller, List<AutoPhone>, Task> cases)
    {
        await Say("starts a system with 60 agents");
        await using var centre = await BenchCentre.Start(shape, Agents);
        await using var board = new Switchboard(centre.Center.Sip.ToString(), Fault, clock);
        var random = new Random(Seed);
        var phones = new List<AutoPhone>();
        foreach (var (_, user, password) in centre.Phones)
        {
            var phone = new AutoPhone(board, Voice.Draw(random, Voice.AgentPilot), clock);
            await phone.Register(user, password);
            phones.Add(phone);
        }
        var callers = new BenchCaller(board, Voice.Draw(random, Voice.CallerPilot), clock);
        await LogIn(centre, Agents);
        await cases(centre, callers, phones);
        await Settled(centre);
        return _rows;
    }

    /// <summary>Of each member at rest, and how long each takes from its process to being well.</summary>
    private async Task Memory(BenchCentre centre)
    {
        Add("start to ready, with the demo", centre.Center.ReadyAfter.TotalSeconds, "s");
        if (shape != Shape.Fleet)
        {
            return;
        }
        using var fleet = new FleetControl(centre.Center);
        var members = await fleet.Members(memory: true);
        foreach (var member in members.OrderByDescending(m => m.Megabytes))
        {
            Add($"memory at rest: {member.Name}", member.Megabytes, "MB");
        }
        Add("memory at rest, sum", members.Sum(m => m.Megabytes), "MB", limit: MemoryMax);
        foreach (var member in members.Where(m => m.Address is not null && !m.Name.StartsWith("telephony", StringComparison.Ordinal)))
        {
            await fleet.Restart(member.Name);
            Add($"start: {member.Name}", (await fleet.AllWell(TimeSpan.FromSeconds(60))).TotalSeconds, "s", limit: StartMax);
        }
        centre.Renew(await fleet.Members());
    }

    private void Fault(string what)
    {
        lock (_faults)
        {
            _faults.Add(what);
        }
    }

    private Task Say(string what) => output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"  {clock.GetLocalNow():HH:mm:ss}  {what}"));

    private void Add(string what, double value, string unit, double? reference = null, double? limit = null) => _rows.Add(Row.Of(Name, what, value, unit, reference, limit));

    /// <summary><c>bench fleet</c>: one process, then a fleet, with the same calls.</summary>
    public static async Task<IReadOnlyList<Row>> RunShapes(TimeProvider clock, TextWriter output)
    {
        var one = await new CallBench(clock, output).RunShape();
        var fleet = await new CallBench(clock, output, Shape.Fleet).RunShape();
        return [.. one.Select(row => row with { Bench = Fleet, Case = $"one process: {row.Case}" }), .. fleet.Select(row => row with { Bench = Fleet, Case = $"fleet: {row.Case}" })];
    }

    private static CpuAccount Cpu(BenchCentre centre) => centre.Members.Count == 0
        ? CpuAccount.Read(centre.Center.ProcessId, centre.Center.Data)
        : CpuAccount.ReadFleet(centre.Members.Select(m => (m.Name, m.ProcessId!.Value)), centre.Center.Data);

    /// <summary>The first so many are Available, the others are logged out.</summary>
    private static async Task LogIn(BenchCentre centre, int agents)
    {
        for (var i = 0; i < centre.Phones.Count; i++)
        {
            await centre.SetStatus(centre.Phones[i].Agent, i < agents ? "Available" : "LoggedOut");
        }
        for (var i = 0; i < agents; i++)
        {
            await TestKit.Eventually.Get("agent ready", TimeSpan.FromSeconds(30), () => centre.IsReady(centre.Phones[i].Agent), ready => ready);
        }
    }

    private async Task Idle(BenchCentre centre)
    {
        await Task.Delay(Settle, clock);
        var before = Cpu(centre);
        await Task.Delay(Window, clock);
        Add("idle: CPU of a core", Cpu(centre).Since(before).Total / Window.TotalSeconds * 100, "%");
    }

    private async Task WarmUp(BenchCaller callers)
    {
        await Say("warms up");
        await AtRate(callers, 3, Window);
        await Task.Delay(Window, clock); // the compiler's work on the hot paths ends
    }

    /// <summary>The cost of a call at a rate that leaves the machine room.</summary>
    private async Task OneRate(BenchCentre centre, BenchCaller callers)
    {
        const double rate = 4;
        await Say("CPU a call at 4 calls/s");
        var before = Cpu(centre);
        var own = Environment.CpuUsage.TotalTime;
        var results = await AtRate(callers, rate, Window);
        await Task.Delay(Settle, clock); // the history's work ends after the calls
        var spent = Cpu(centre).Since(before);
        var calls = results.Count(r => r.Through);
        Add("a whole call of 1 s talk, CPU", spent.Total * 1000 / calls, "ms a call", References.SetUpCpuMs);
        foreach (var (group, seconds) in spent.Seconds.OrderByDescending(s => s.Value).Where(s => s.Value * 1000 / calls >= 0.05))
        {
            Add($"of it {group}", seconds * 1000 / calls, "ms a call");
        }
        Add("the load tool's own CPU", (Environment.CpuUsage.TotalTime - own).TotalMilliseconds / calls, "ms a call");
        Add("key to the agent's voice, p50", Quantile.Of([.. results.Where(r => r.Through).Select(r => r.KeyToVoiceMs)], 0.5), "ms");
        Add("key to the agent's voice, p99", Quantile.Of([.. results.Where(r => r.Through).Select(r => r.KeyToVoiceMs)], 0.99), "ms");
    }

    private async Task TalkCost(BenchCentre centre, BenchCaller callers, char key, string what, double reference)
    {
        await Say($"{Together} calls: {what}");
        using var over = new CancellationTokenSource();
        var until = Task.Delay(Timeout.InfiniteTimeSpan, clock, over.Token);
        var calls = new List<Task<CallResult>>();
        for (var i = 0; i < Together; i++)
        {
            calls.Add(callers.Stay(key, until));
            await Task.Delay(TimeSpan.FromMilliseconds(150), clock);
        }
        await Task.Delay(Settle, clock);
        var before = Cpu(centre);
        var since = clock.GetTimestamp();
        await Task.Delay(Window, clock);
        var spent = Cpu(centre).Since(before);
        var callSeconds = clock.GetElapsedTime(since).TotalSeconds * calls.Count(c => !c.IsCompleted);
        Add($"{what}, CPU", spent.Total * 1000 / callSeconds, "CPU s / 1,000 call-s", reference, reference);
        Add($"{what}, of it gateway", spent.Gateway * 1000 / callSeconds, "CPU s / 1,000 call-s");
        await over.CancelAsync();
        Count(await Task.WhenAll(calls));
        await Task.Delay(Settle, clock);
    }

    /// <summary>A few agents with more callers than they can serve: each end of a call is followed by the next.</summary>
    private async Task IdleToAudio(BenchCentre centre, BenchCaller callers, List<AutoPhone> phones)
    {
        await Say($"{AgentsForWaits} agents, {AgentsForWaits * WaitersPerAgent} callers at a time: from idle to audio");
        await LogIn(centre, AgentsForWaits);
        phones.ForEach(p => p.Clear());
        var until = clock.GetUtcNow() + WaitsTime;
        var results = await Task.WhenAll(Enumerable.Range(0, AgentsForWaits * WaitersPerAgent).Select(_ => CallAgainAndAgain(callers, until)));
        Count(results.SelectMany(r => r));
        var samples = phones.SelectMany(p => p.IdleToAudioMs).ToList();
        Add("agent idle to two-way audio, p50", Quantile.Of(samples, 0.5), "ms");
        Add("agent idle to two-way audio, p99", Quantile.Of(samples, 0.99), "ms", References.FreedAgentMs, shape == Shape.Fleet ? FleetFreedAgentMs : References.FreedAgentMs);
        Add("agent idle to two-way audio, samples", samples.Count, "calls");
        await LogIn(centre, Agents);
    }

    private async Task<List<CallResult>> CallAgainAndAgain(BenchCaller callers, DateTimeOffset until)
    {
        var results = new List<CallResult>();
        while (clock.GetUtcNow() < until)
        {
            results.Add(await callers.Talk(Recorded, TalkTime, TimeSpan.FromSeconds(60)));
        }
        return results;
    }

    /// <summary>More calls a second step by step until they do not get through as they should.</summary>
    private async Task Ramp(BenchCaller callers)
    {
        var sustained = 0.0;
        foreach (var rate in Rates)
        {
            var results = await AtRate(callers, rate, Step);
            var through = results.Count(r => r.Through) / (double)results.Count;
            var p99 = Quantile.Of([.. results.Where(r => r.Through).Select(r => r.KeyToVoiceMs)], 0.99);
            await Say(string.Create(CultureInfo.InvariantCulture, $"{rate} calls/s: {through:P1} through, key to voice p99 {p99:0} ms"));
            if (through < SustainedShare || !(p99 < SetUpMsMax))
            {
                break;
            }
            sustained = rate;
            await Task.Delay(Settle, clock);
        }
        Add($"whole calls sustained ({SustainedShare:P0} through, key to voice p99 below {SetUpMsMax / 1000:0} s)", sustained, "calls/s");
    }

    /// <summary>Open loop: a call begins when it is due, however those before went.</summary>
    private async Task<IReadOnlyList<CallResult>> AtRate(BenchCaller callers, double rate, TimeSpan time)
    {
        var since = clock.GetTimestamp();
        var calls = new List<Task<CallResult>>();
        while (clock.GetElapsedTime(since) is var gone && gone < time)
        {
            for (var due = (int)(gone.TotalSeconds * rate) + 1; calls.Count < due;)
            {
                calls.Add(callers.Talk(Recorded, TalkTime));
            }
            await Task.Delay(TimeSpan.FromMilliseconds(10), clock);
        }
        var results = await Task.WhenAll(calls);
        return results;
    }

    private void Count(IEnumerable<CallResult> results)
    {
        foreach (var fault in results.Where(r => !r.Through))
        {
            Fault(fault.Fault);
        }
    }

    /// <summary>Every call has become one ended contact; what went wrong beside the ramp's last step is told.</summary>
    private async Task Settled(BenchCentre centre)
    {
        await Task.Delay(Settle, clock);
        var (ended, completed) = await centre.Contacts();
        Add("contacts ended", ended, "contacts");
        Add("contacts completed", completed, "contacts");
        foreach (var fault in _faults.GroupBy(f => f))
        {
            await Say($"fault, {fault.Count()} times: {fault.Key}");
        }
    }
}
