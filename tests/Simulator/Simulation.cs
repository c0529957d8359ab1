using CallCenter.Simulator.Centre;
using CallCenter.Simulator.People;
using CallCenter.Simulator.Tally;
using CallCenter.Simulator.Wire;

namespace CallCenter.Simulator;

/// <summary>
/// One run: agents begin their shift, callers call until the time is over, the last calls end, agents go home. What was
/// seen is in the tally. A test may kill the system while <see cref="Options"/> say that it survives that.
/// </summary>
internal sealed class Simulation : IAsyncDisposable
{
    private static readonly TimeSpan LastCallsMax = TimeSpan.FromMinutes(6), BeforeNoticed = TimeSpan.FromSeconds(1);

    private readonly DemoFile _demo;
    private readonly TimeProvider _clock;
    private readonly Connection _connection;
    private readonly Switchboard _switchboard;
    private readonly List<Caller> _callers = [];
    private readonly List<Agent> _agents = [];
    private World? _world;
    private CentreApi? _administrator;
    private Rules? _rules;
    private bool _isPutBack;
    private DateTimeOffset _lastHeardAt;

    public Simulation(SimulateOptions options, TimeProvider clock)
    {
        (Options, _clock) = (options, clock);
        _demo = DemoFile.Read(options.Data);
        _connection = new Connection(options.Http, options.Survive, clock);
        _switchboard = new Switchboard(options.Sip, Tally.Fault, clock);
    }

    public SimulateOptions Options { get; }

    public TallyBook Tally { get; } = new();

    /// <summary>What a user must know of the run before it begins.</summary>
    public IReadOnlyList<string> Notes { get; private set; } = [];

    public DemoFile Demo => _demo;

    public IReadOnlyDictionary<Guid, QueueItem> Queues => _world?.QueueOf ?? new Dictionary<Guid, QueueItem>();

    /// <summary>Before the first agent came to work.</summary>
    public DateTimeOffset StartedAt { get; private set; }

    /// <summary>When callers begin no more calls.</summary>
    public DateTimeOffset CallsUntil { get; private set; }

    public bool IsAway => _connection.IsAway;

    /// <summary>Agents who serve a queue only when it needs help.</summary>
    public IReadOnlyDictionary<Guid, Guid> Helpers => _rules?.Helpers ?? new Dictionary<Guid, Guid>();

    /// <summary>The supervisor's eyes, for the comparison.</summary>
    public Task<CentreApi> SignInSupervisor(CancellationToken ct) => CentreApi.SignIn(Options.Http, UserOf("supervisor"), ct);

    /// <summary>Reads the system's settings and brings the agents to work.</summary>
    public async Task Begin(CancellationToken ct)
    {
        StartedAt = _clock.GetUtcNow();
        var administrator = _administrator = await CentreApi.SignIn(Options.Http, UserOf("administrator"), ct);
        var working = Working();
        if (!Options.Survive)
        {
            var names = working.Select(a => a.User.User).ToHashSet();
            var ids = (await administrator.Agents(ct)).Where(a => names.Contains(a.User)).Select(a => a.Id).ToList();
            _rules = await Rules.Set(administrator, _demo, ids, _switchboard.Listening, ct);
        }
        var queues = (await administrator.Queues(ct)).ToDictionary(q => q.Id);
        _world = new World(Options.Http, _switchboard, _connection, Tally, queues, _rules is { CallsBack: true } ? Options.Callbacks : 0, _rules is null ? 0 : Options.Transfers, _clock);
        foreach (var who in working)
        {
            _agents.Add(await Agent.BeginShift(_world, who, new Random(HashCode(Options.Seed, 1, _agents.Count)), ct));
        }
        var served = working.SelectMany(a => a.User.Tenants).ToHashSet();
        var called = await Numbers(administrator, served, ct);
        for (var i = 0; i < Options.Callers; i++)
        {
            _callers.Add(new Caller(_world, $"+35840{1_000_000 + i}", new Random(HashCode(Options.Seed, 2, i)), called));
        }
        _connection.Lost = at => Lose(at);
        _connection.Back = Return;
        CallsUntil = _clock.GetUtcNow().AddMinutes(Options.Minutes);
    }

    /// <summary>Plays it to the end.</summary>
    public async Task Play(CancellationToken ct)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var watch = _connection.Watch(over.Token);
        var work = PlayPeople(over.Token);
        try
        {
            if (await Task.WhenAny(work, watch) == watch)
            {
                await watch; // why it ended
            }
            await work;
        }
        catch (SimulationException)
        {
            _isPutBack = true; // it has gone, its settings with it: the next start loads the demo anew
            throw;
        }
        finally
        {
            await over.CancelAsync();
            await PutBack();
        }
    }

    /// <summary>The centre is as it was before the run.</summary>
    private async Task PutBack()
    {
        if (_rules is not null && !_isPutBack)
        {
            _isPutBack = true;
            await _rules.PutBack(CancellationToken.None);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _administrator?.Dispose();
        await _switchboard.DisposeAsync();
        _connection.Dispose();
        _agents.ForEach(a => a.Dispose());
    }

    private async Task PlayPeople(CancellationToken ct)
    {
        await Task.WhenAll(_callers.Select(c => c.Work(CallsUntil, ct))).WaitAsync(CallsUntil - _clock.GetUtcNow() + LastCallsMax, _clock, ct);
        await Task.WhenAll(_agents.Select(a => a.EndShift(ct)));
    }

    private async Task<IReadOnlyList<NumberFlow>> Numbers(CentreApi administrator, HashSet<Guid> served, CancellationToken ct)
    {
        var numbers = new List<NumberFlow>();
        foreach (var tenant in _demo.Tenants.Where(t => served.Contains(t.Id)))
        {
            var flows = await administrator.Flows(tenant.Id, ct);
            var prompts = await administrator.PromptMs(tenant.Id, ct);
            numbers.AddRange(tenant.Numbers.Where(n => flows.ContainsKey(n.Flow)).Select(n => new NumberFlow(n.Number, tenant, flows[n.Flow], prompts)));
        }
        Notes = [.. Notes, .. numbers.Where(n => n.MenuAt(_clock.GetUtcNow()) is null).Select(n => $"{n.Number} of {n.Tenant.Name} is closed now: its callers reach no queue")];
        return numbers.Count > 0 ? numbers : throw new SimulationException($"{Options.Data}/demo.json names no number of a tenant whose agents work");
    }

    private void Lose(DateTimeOffset at)
    {
        _lastHeardAt = _callers.Select(c => c.LastHeardAt).Where(heard => heard is not null).Max() ?? at - BeforeNoticed;
        _callers.ForEach(c => c.Lose(at));
        _agents.ForEach(a => a.Lose(at));
    }

    private void Return()
    {
        Tally.WasGone(new Outage(_lastHeardAt, _clock.GetUtcNow()));
        _agents.ForEach(a => a.Return());
    }

    private List<DemoAgent> Working()
    {
        var all = _demo.Agents();
        var working = all.Take(Options.Agents).ToList();
        if (working.Count == 0)
        {
            throw new SimulationException($"{Options.Data}/demo.json names no agent with a phone");
        }
        Notes =
        [
            all.Count < Options.Agents ? $"{Options.Agents} agents are asked for, the demo has {all.Count}: {all.Count} work"
                : all.Count > Options.Agents ? $"{Options.Agents} of the demo's {all.Count} agents work: {string.Join(", ", working.Select(a => a.User.User))}"
                : $"all {all.Count} agents of the demo work",
            .. _demo.Tenants.Where(t => !working.Any(a => a.User.Tenants.Contains(t.Id))).Select(t => $"nobody calls {t.Name}: none of its agents works"),
        ];
        return working;
    }

    private DemoUser UserOf(string role) => _demo.Users.FirstOrDefault(u => u.Role == role)
        ?? throw new SimulationException($"{Options.Data}/demo.json names no {role}");

    // Not System.HashCode: that differs from run to run.
    private static int HashCode(int seed, int kind, int number) => unchecked((((seed * 31) + kind) * 1_000_003) + number);
}
