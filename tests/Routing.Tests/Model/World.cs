using CallCenter.Contracts.Routing;
using CallCenter.Contracts.Telephony;
using CallCenter.Grains;
using CallCenter.Routing.Agents;
using CallCenter.Routing.Contacts;
using CallCenter.Routing.Queues;
using CallCenter.Routing.Settings;
using Npgsql;

namespace CallCenter.Routing.Tests.Model;

/// <summary>
/// What is true, whatever Routing thinks: callers, agents, phones, the gateway and the flow; and what may go wrong between them and Routing's
/// real grains. One thread, one seed, virtual time: a world replays exactly.
/// </summary>
internal sealed class World : IGateways
{
    public const string Gateway = "g";

    private const int AgentsCount = 3;
    private const int TurnsMax = 100_000;

    private static readonly TimeSpan Expiry = TimeSpan.FromSeconds(5);
    private static readonly DateTimeOffset Start = new(2026, 11, 2, 8, 0, 0, TimeSpan.Zero);

    private readonly Random random;
    private readonly MemoryReminderStore reminders = new();
    private readonly List<string>? story;
    private StorePace pace = null!;
    private int turns;
    private int ids;
    private int heard;

    /// <param name="seed">Of everything that is not a step.</param>
    /// <param name="story">Is told what happens, where somebody listens.</param>
    public World(int seed, List<string>? story = null)
    {
        random = new Random(seed);
        this.story = story;
        Turns = new Turns(seed);
        Checks = new Checks(this);
        Store.FateOf = FateOf;
        StartProcess();
        RingsAll = (seed & 3) == 2;
        Queues = [new QueueRecord { Id = NewId(), Tenant = Tenant, Name = "Sales", WrapUpMs = 3_000, OfferTimeoutMs = 8_000, Strategy = RingsAll ? AgentStrategy.RingAll : AgentStrategy.LongestIdle }, new QueueRecord { Id = NewId(), Tenant = Tenant, Name = "Support", WrapUpMs = 0, OfferTimeoutMs = 5_000 }];
        Agents = [.. Enumerable.Range(0, AgentsCount).Select(_ => new SimulatedAgent(this))];
        Rest();
        Save([0, 1], [0, 1, 2]);
        Rest();
        foreach (var agent in Agents)
        {
            agent.Register();
            agent.Choose(AgentStatus.Available);
        }

        Rest();
    }

    public static Guid Operator { get; } = Guid.Parse("0190a000-0000-7000-8000-000000000001");

    public static Guid Tenant { get; } = Guid.Parse("0190a000-0000-7000-8000-000000000002");

    /// <summary>Queues may ring all: in one of four worlds, by the seed.</summary>
    public bool RingsAll { get; }

    public VirtualClock Clock { get; } = new(Start);

    public Turns Turns { get; }

    public MemoryStore Store { get; } = new();

    public Checks Checks { get; }

    public RoutingProcess Process { get; private set; } = null!;

    public List<QueueRecord> Queues { get; }

    public List<SimulatedAgent> Agents { get; }

    public List<SimulatedCall> Calls { get; } = [];

    /// <summary>Commits from now on whose answer is lost, and of them those that were not written.</summary>
    public (int Unknown, int Lost) BadCommits { get; set; }

    /// <summary>Commands from now on that do not arrive, and whose answers do not.</summary>
    public (int Lost, int Unanswered) BadCommands { get; set; }

    public bool IsDatabaseAway => pace.IsAway;

    public IEnumerable<Lane> Lanes => Calls.SelectMany(call => new[] { call.Telephony, call.Flow }).Concat(Agents.Select(agent => agent.Device));

    public int Pick(int among) => random.Next(among);

    /// <summary>In the order of time, as UUIDv7 are.</summary>
    public Guid NewId()
    {
        var ms = Clock.GetUtcNow().ToUnixTimeMilliseconds();
        return new Guid((int)(ms >> 16), (short)ms, (short)(0x7000 | (ids >> 16)), 0x80, 0, 0, 0, 0, 0, (byte)(ids >> 8), (byte)ids++);
    }

    public void Say(object what) => story?.Add($"{(Clock.GetUtcNow() - Start).TotalSeconds,9:0.000} {what}");

    /// <summary>Things happen one after the other until nothing is left to do at this moment, or so many have.</summary>
    public void Rest(int most = int.MaxValue)
    {
        for (var done = 0; done < most && Turns.Next(); done++)
        {
            Checks.Require(++turns < TurnsMax, "Routing does not come to rest");
            Hear();
        }

        if (Turns.Failure is { } failure)
        {
            throw failure is FaultFound ? failure : new FaultFound($"the world broke: {failure}");
        }
    }

    /// <summary>Time passes: at each moment everything is done before the next one comes.</summary>
    public void Pass(TimeSpan time)
    {
        var until = Clock.GetUtcNow() + time;
        var next = Clock.GetUtcNow();
        do
        {
            Rest();
            if (Clock.GetUtcNow() >= next)
            {
                Checks.Look();
                next = Clock.GetUtcNow().AddSeconds(1);
            }
        }
        while (Clock.Step(until));
        Rest();
        Checks.Look();
    }

    /// <summary>An event reaches Routing.</summary>
    public async Task Give(List<DomainEvent> events)
    {
        var messages = events.ConvertAll(EventMessage.Of);
        if (events[0] is ContactEvent e)
        {
            await Store.Settled(await Process.Grains.GetGrain<IContactGrain>(Keys.OfTenant(e.Tenant, e.Stream)).Apply(messages));
        }
        else
        {
            await Process.Grains.GetGrain<IAgentGrain>(events[0].Stream.ToString()).Apply(messages);
        }
    }

    /// <summary>Somebody uses the API; whoever gets no answer shrugs.</summary>
    public void Ask(Func<Task> work) => Turns.Start(async () =>
    {
        try
        {
            await work();
        }
        catch (Exception failure) when (failure is NpgsqlException or FencedException or TimeoutException or InvalidOperationException)
        {
            Say($"the API answers 503: {failure.Message}");
        }
    });

    public void Save(IReadOnlyList<int> queues, IReadOnlyList<int> agents) => Ask(async () =>
    {
        var answer = await Process.Grains.GetGrain<ISettingsGrain>(Keys.Pool).Save(new SaveMessage(Guid.Empty, "administrator", Operator,
            [.. queues.Select(one => new SavedSettings(Queues[one].Id, RoutingStore.Write(Queues[one]), null))],
            [.. agents.Select(one => new SavedSettings(Agents[one].Id, RoutingStore.Write(Profile(one)), null))]));
        Say($"saved: {string.Join(", ", answer.Versions)} {answer.Conflict}");
    });

    /// <summary>kill -9, and a new process.</summary>
    public void Restart()
    {
        Process.Kill();
        pace.Cut(Pick(3));
        StartProcess();
        foreach (var lane in Lanes)
        {
            lane.Again();
        }
    }

    public void TakeDatabaseAway(TimeSpan time) => pace.AwayUntil = Clock.GetUtcNow() + time;

    /// <summary>From now on nothing more goes wrong.</summary>
    public void Heal()
    {
        (BadCommits, BadCommands) = (default, default);
        pace.AwayUntil = default;
        foreach (var lane in Lanes)
        {
            lane.Release();
        }
    }

    public Task<CommandResult> Send(CallCommand command)
    {
        var answer = new TaskCompletionSource<CommandResult>(TaskCreationOptions.RunContinuationsAsynchronously);
        var call = Calls.Find(one => one.Id == command.Contact)!;
        Checks.Sent(call, command);
        var (isLost, isUnanswered) = (BadCommands.Lost > 0, BadCommands is { Lost: 0, Unanswered: > 0 });
        BadCommands = (Math.Max(0, BadCommands.Lost - 1), isUnanswered ? BadCommands.Unanswered - 1 : BadCommands.Unanswered);
        Say($"{command.GetType().Name} {(isLost ? "is lost" : isUnanswered ? "stays unanswered" : "")} {command}");
        if (isLost || isUnanswered)
        {
            Clock.After(Expiry, () => answer.TrySetResult(new CommandResult(command.CommandId, CommandOutcome.Expired, command.Epoch, null)));
        }

        if (!isLost)
        {
            Turns.Add(Turns.KeyOf("gateway"), () =>
            {
                var result = call.Carry(command);
                if (!isUnanswered)
                {
                    Turns.Add(Turns.KeyOf("answer"), () => answer.TrySetResult(result));
                }
            });
        }

        return answer.Task;
    }

    /// <summary>Settings that differ from time to time.</summary>
    private AgentSettings Profile(int agent) => new(
        $"agent{agent}", $"Agent {agent}", [], [.. Queues.Where((_, queue) => (agent + queue) % 3 != 0 || Pick(2) == 0).Select(queue => new ProfileEntry(queue.Id, 1 + Pick(3)))]);

    private void StartProcess()
    {
        pace = new StorePace(Turns, Clock) { AwayUntil = pace?.AwayUntil ?? default };
        Store.Pace = pace;
        Process = new RoutingProcess(Turns, Clock, Store, this, reminders);
    }

    private CommitFate FateOf(Change change)
    {
        if (BadCommits.Lost > 0)
        {
            BadCommits = BadCommits with { Lost = BadCommits.Lost - 1 };
            return CommitFate.Lost;
        }

        if (BadCommits.Unknown > 0)
        {
            BadCommits = BadCommits with { Unknown = BadCommits.Unknown - 1 };
            return CommitFate.WrittenUnknown;
        }

        return CommitFate.Written;
    }

    /// <summary>What Routing has told: the flow hears of who was given up.</summary>
    private void Hear()
    {
        for (; heard < Store.Told.Count; heard++)
        {
            var e = Store.Told[heard];
            Say(e);
            Checks.Told(e);
            if (e is QueueLeft { To: null })
            {
                var call = Calls.Find(one => one.Id == e.Stream)!;
                Clock.After(TimeSpan.FromMilliseconds(20), call.Dismiss);
            }
        }
    }
}
