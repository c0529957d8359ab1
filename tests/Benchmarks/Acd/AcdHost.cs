using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Net.Sockets;
using System.Text.Json;
using CallCenter.Benchmarks.Measure;
using CallCenter.Contracts;
using CallCenter.Contracts.Routing;
using CallCenter.Contracts.Telephony;
using CallCenter.Hosting;
using CallCenter.Routing;
using CallCenter.Routing.Agents;
using CallCenter.Routing.Pools;
using CallCenter.Routing.Queues;
using CallCenter.Routing.Settings;
using CallCenter.RoutingNode;
using Orleans;

namespace CallCenter.Benchmarks.Acd;

/// <summary>
/// Routing in a process of its own, as it runs in production: database, grains, group committer, outbox, bus. What Telephony and Ivr would tell comes from the load
/// over a socket onto the bus; commands to the gateway go back to it. Beside it a consumer of Routing's events as the wallboard's, which times them.
/// </summary>
internal static class AcdHost
{
    public const string Command = "acd-host";

    public const string Gateway = "acd";

    private const int AtOnce = 500;

    private static readonly TimeSpan LoadTime = TimeSpan.FromMinutes(2);

    /// <param name="Configure">Queues and agents are not in the database yet.</param>
    internal sealed record Order(string Postgres, string RoleKey, string Data, string Socket, AcdShape Shape, bool Configure);

    /// <summary>What it counted since the last time it was asked.</summary>
    /// <param name="Ended">Contacts that have ended since the process began.</param>
    /// <param name="NewsMs">From the moment a contact entered or left its queue, or an agent changed, to the wallboard's consumer: p50, p99, longest.</param>
    internal sealed record Counters(long Transactions, long Changes, int Ended, double[] NewsMs);

    public static async Task<int> Run(string text, TimeProvider clock)
    {
        var order = JsonSerializer.Deserialize<Order>(text)!;
        var began = clock.GetTimestamp();
        await using var app = Build(order);
        using var commits = new CommitCount();
        await app.StartAsync();
        var start = app.Services.GetRequiredService<PoolStart>();
        while (!start.IsDone)
        {
            if (clock.GetElapsedTime(began) > LoadTime)
            {
                throw new TimeoutException($"the pool was not loaded within {LoadTime.TotalSeconds:0} s");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(5), clock);
        }

        var loaded = clock.GetElapsedTime(began);
        if (order.Configure)
        {
            await Configure(app.Services.GetRequiredService<IGrainFactory>(), new AcdPlan(order.Shape));
        }

        var gateway = app.Services.GetRequiredService<SocketGateway>();
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(order.Socket));
        await using var wire = new RoutingWire(new NetworkStream(socket));
        gateway.Connect(wire);
        var lanes = new BusLanes(app.Services.GetRequiredService<EventBus>());
        var reading = wire.Read(new() { Event = lanes.Publish, Answer = gateway.Answered });
        Console.WriteLine(loaded.TotalMilliseconds.ToString("0", System.Globalization.CultureInfo.InvariantCulture));
        while (await Console.In.ReadLineAsync() is not null)
        {
            Console.WriteLine(JsonSerializer.Serialize(commits.Take(app.Services.GetRequiredService<Wallboard>())));
        }

        await app.StopAsync();
        return 0;
    }

    private static WebApplication Build(Order order)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { EnvironmentName = "Production" });
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["ConnectionStrings:Postgres"] = order.Postgres, ["Postgres:RoleKey"] = order.RoleKey, ["Data:Folder"] = order.Data,
        });
        builder.Logging.ClearProviders();
        builder.Logging.AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace).SetMinimumLevel(LogLevel.Error);
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.AddCallCenterDefaults();
        builder.AddRouting();
        builder.AddGatewayCommandConsumer<SocketGateway>(Gateway);
        builder.AddTransientEvents<Wallboard>("bench", EventCatalog.From("Routing"));
        var app = builder.Build();
        app.MapCallCenterDefaults();
        app.MapRouting();
        return app;
    }

    private static async Task Configure(IGrainFactory grains, AcdPlan plan)
    {
        foreach (var some in plan.Queues.Chunk(AtOnce))
        {
            var queues = some.Select(queue => new SavedSettings(queue.Id, RoutingStore.Write(queue), null)).ToList();
            var answer = await grains.GetGrain<ISettingsGrain>(Keys.Pool).Save(new SaveMessage(Guid.Empty, "bench", AcdPlan.Operator, queues, []));
            if (answer.Versions.Count < queues.Count)
            {
                throw new InvalidOperationException($"The queues were not taken: {string.Join(" ", answer.Errors)} {answer.Conflict}");
            }
        }

        foreach (var some in plan.Agents.Chunk(AtOnce))
        {
            await Task.WhenAll(some.Select(agent => Configure(grains.GetGrain<IAgentGrain>(agent.Agent.ToString()), agent)));
        }
    }

    private static async Task Configure(IAgentGrain grain, AgentView agent)
    {
        await grain.Configure(new AgentConfiguration(
            AcdPlan.Operator, agent.Agent.ToString(), "Agent", new Dictionary<string, int>(agent.Skills), [.. agent.Queues], agent.WagePerHour));
        await grain.Choose(nameof(AgentStatus.Available), null, "agent");
    }
}

/// <summary>Takes Routing's events as the desk does and times what a wallboard shows: who waits, who is offered, what agents do.</summary>
internal sealed class Wallboard(TimeProvider clock) : ITransientHandler
{
    private ConcurrentQueue<double> delays = new();
    private int ended;

    public int Ended => ended;

    public Task Handle(object message, CancellationToken ct)
    {
        if (message is ContactQueued or ContactOffered or AgentChanged)
        {
            delays.Enqueue((clock.GetUtcNow() - ((DomainEvent)message).OccurredAt).TotalMilliseconds);
        }

        if (message is ContactEnded)
        {
            Interlocked.Increment(ref ended);
        }

        return Task.CompletedTask;
    }

    public double[] Take()
    {
        var taken = Interlocked.Exchange(ref delays, new ConcurrentQueue<double>());
        return taken.IsEmpty ? [0, 0, 0] : [Quantile.Of(taken, 0.5), Quantile.Of(taken, 0.99), Quantile.Of(taken, 1)];
    }
}

/// <summary>Counts the group committer's transactions by its meter.</summary>
internal sealed class CommitCount : IDisposable
{
    private readonly MeterListener listener = new();
    private long transactions;
    private long changes;

    public CommitCount()
    {
        listener.InstrumentPublished = (instrument, own) =>
        {
            if (instrument.Name == "routing.commit.changes")
            {
                own.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<int>((_, count, _, _) =>
        {
            Interlocked.Increment(ref transactions);
            Interlocked.Add(ref changes, count);
        });
        listener.Start();
    }

    public AcdHost.Counters Take(Wallboard board) => new(
        Interlocked.Exchange(ref transactions, 0), Interlocked.Exchange(ref changes, 0), board.Ended, board.Take());

    public void Dispose() => listener.Dispose();
}
