using System.Diagnostics;
using CallCenter.Routing.Queues;
using CallCenter.Routing.Tests.Running;

namespace CallCenter.Routing.Tests.Standby;

/// <summary>Two Routing processes on one database with a centre played around them: two queues that share all agents. One leads; a node that was killed is started again.</summary>
internal sealed class TwoNodes : IAsyncDisposable
{
    /// <summary>Calls a second.</summary>
    public const double Load = 30;

    /// <summary>Fewer than the load needs (30 a second, 2.7 s each with ringing and wrap-up): a line stands at both queues.</summary>
    private const int Agents = 60;

    private const int WrapUpMs = 500;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly IReadOnlyDictionary<string, string?> configuration;
    private readonly SpooledEvents events;
    private readonly List<NodeProcess> nodes = [];
    private TaskCompletionSource<NodeProcess> leads = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private TwoNodes(IReadOnlyDictionary<string, string?> configuration, int seed, IReadOnlyList<Guid> queues, bool toAll)
    {
        this.configuration = configuration;
        events = new SpooledEvents { ToAll = toAll };
        Centre = new PlayedCentre(seed, queues, events);
    }

    public PlayedCentre Centre { get; }

    public NodeProcess Leader { get; private set; } = null!;

    public string Connection => configuration["ConnectionStrings:Postgres"]!;

    /// <summary>Sets the centre up and starts both nodes and the load.</summary>
    /// <param name="toAll">Events go to both nodes, not to the leader alone.</param>
    public static async Task<TwoNodes> Start(PostgresFixture postgres, int seed, bool toAll = false)
    {
        var configuration = await postgres.NewConfiguration();
        Guid first, second;
        await using (var setup = await RoutingHost.Start(configuration))
        {
            first = await setup.AddQueue(Queue("Sales"));
            second = await setup.AddQueue(Queue("Service"));
            await Task.WhenAll(Enumerable.Range(0, Agents).Select(_ => setup.AddAgent(first, second)));
        }

        var two = new TwoNodes(configuration, seed, [first, second], toAll);
        try
        {
            await two.StartNode();
            await two.Led(two.leads.Task);
            await two.StartNode();
            two.Centre.Set(Load);
            return two;
        }
        catch
        {
            await two.DisposeAsync();
            throw;
        }
    }

    /// <summary>Strikes the leader and waits until the other leads and a phone rings by it.</summary>
    /// <returns>From the strike to that ring.</returns>
    public async Task<Recovery> Strike(Func<NodeProcess, Task> strike)
    {
        leads = new(TaskCreationOptions.RunContinuationsAsynchronously);
        var struck = Leader;
        var began = Stopwatch.GetTimestamp();
        var at = TimeProvider.System.GetUtcNow();
        await strike(struck);
        await Led(leads.Task);
        var led = Stopwatch.GetElapsedTime(began);
        var before = Leader.Account();
        var taken = TimeProvider.System.GetUtcNow();
        await Eventually.Be(() => Centre.LastRing > taken, Patience, "a phone rings by the new leader");
        var rang = Stopwatch.GetElapsedTime(began);
        var after = Leader.Account();
        return new Recovery(at, led, rang, after.Ran - before.Ran, after.Starved - before.Starved);
    }

    public async Task StartNode()
    {
        var node = await NodeProcess.Start(configuration, PlayedCentre.Gateway);
        nodes.Add(node);
        events.Add(node.Wire);
        _ = node.Wire.Read(new()
        {
            Event = Centre.Hear,
            Command = command => node.Wire.Send(Centre.Take(command)),
            Applied = events.Applied,
            Leads = isLeading =>
            {
                node.Leads = isLeading;
                if (isLeading)
                {
                    Leader = node;
                    events.Leads(node.Wire);
                    leads.TrySetResult(node);
                }
            },
        });
        await Eventually.Be(() => node.Leads is not null, Patience, "the node is up");
    }

    /// <summary>The node is no more.</summary>
    public async Task Forget(NodeProcess node)
    {
        nodes.Remove(node);
        events.Remove(node.Wire);
        await node.DisposeAsync();
    }

    /// <summary>No more calls come; those that are there end, and Routing has applied everything.</summary>
    public async Task Finish()
    {
        Centre.Set(0);
        await Eventually.Be(() => Centre.Open == 0, Patience, "every caller has hung up");
        await Eventually.Be(() => events.Open == 0, Patience, "every event is applied");
    }

    public async ValueTask DisposeAsync()
    {
        await Centre.DisposeAsync();
        foreach (var node in nodes)
        {
            await node.DisposeAsync();
        }
    }

    private static QueueRecord Queue(string name) => new() { Id = Guid.NewGuid(), Tenant = RoutingHost.Tenant, Name = name, WrapUpMs = WrapUpMs };

    private async Task<NodeProcess> Led(Task<NodeProcess> next) => Leader = await next.WaitAsync(Patience, TimeProvider.System);
}

/// <summary>How long nobody was offered a call.</summary>
/// <param name="Led">Until the other process led.</param>
/// <param name="Rang">Until it made a phone ring.</param>
/// <param name="Ran">Processor time that it had in between.</param>
/// <param name="Starved">For so long its threads, added up, were ready to run and had no processor.</param>
internal sealed record Recovery(DateTimeOffset At, TimeSpan Led, TimeSpan Rang, TimeSpan Ran, TimeSpan Starved)
{
    public override string ToString() => $"{Led.TotalMilliseconds:0}/{Rang.TotalMilliseconds:0} ms (ran {Ran.TotalMilliseconds:0}, starved {Starved.TotalMilliseconds:0})";
}
