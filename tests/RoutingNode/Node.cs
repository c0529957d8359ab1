using System.Net.Sockets;
using CallCenter.Contracts;
using CallCenter.Hosting;
using CallCenter.Routing;
using CallCenter.Routing.Leading;

namespace CallCenter.RoutingNode;

/// <summary>
/// Routing alone in a process of its own, to be killed or frozen, several of them on one database. A test plays all other services over a socket: events go to the
/// node's bus and are answered when they are applied, commands to the gateway and Routing's own events come back, and the node says when it leads.
/// </summary>
internal static class Node
{
    private static readonly TimeSpan LookEach = TimeSpan.FromMilliseconds(10);

    /// <param name="Socket">The test's, on which it listens.</param>
    /// <param name="Gateway">The instance whose commands go to the test.</param>
    internal sealed record Order(string Postgres, string RoleKey, string Data, string Socket, string Gateway);

    /// <summary>Runs until the standard input is closed, then stops in order.</summary>
    public static async Task Run(Order order, TimeProvider clock)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(order.Socket));
        await using var wire = new RoutingWire(new NetworkStream(socket));
        await using var app = Build(order, wire);
        var lanes = new BusLanes(app.Services.GetRequiredService<EventBus>());
        var deliveries = app.Services.GetRequiredService<DeliveryTracker>();
        await app.StartAsync();
        using var stop = new CancellationTokenSource();
        var telling = TellWhoLeads(app.Services.GetRequiredService<Leadership>(), wire, clock, stop.Token);
        _ = wire.Read(new()
        {
            Event = e =>
            {
                _ = Answer(deliveries.Delivered(e), e, wire);
                lanes.Publish(e);
            },
            Answer = app.Services.GetRequiredService<SocketGateway>().Answered,
        });
        while (await Console.In.ReadLineAsync() is not null)
        {
        }

        await app.StopAsync();
        await stop.CancelAsync();
        await telling;
    }

    private static WebApplication Build(Order order, RoutingWire wire)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { EnvironmentName = "Production" });
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["ConnectionStrings:Postgres"] = order.Postgres, ["Postgres:RoleKey"] = order.RoleKey, ["Data:Folder"] = order.Data,
        });
        builder.Logging.ClearProviders();
        builder.Logging.AddSimpleConsole(console => console.SingleLine = true).SetMinimumLevel(LogLevel.Warning)
            .AddFilter("CallCenter.Routing.Leading", LogLevel.Information).AddFilter("CallCenter.Hosting.ConfigurationSnapshots", LogLevel.Error);
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.AddCallCenterDefaults();
        builder.Services.AddSingleton(wire);
        builder.AddRouting();
        builder.AddGatewayCommandConsumer<SocketGateway>(order.Gateway);
        builder.AddTransientEvents<Told>("test", EventCatalog.From("Routing"));
        var app = builder.Build();
        app.MapCallCenterDefaults();
        app.MapRouting();
        app.Services.GetRequiredService<SocketGateway>().Connect(wire);
        return app;
    }

    private static async Task Answer(Task delivered, DomainEvent e, RoutingWire wire)
    {
        await delivered;
        wire.Applied(e.EventId);
    }

    private static async Task TellWhoLeads(Leadership leadership, RoutingWire wire, TimeProvider clock, CancellationToken ct)
    {
        using var timer = new PeriodicTimer(LookEach, clock);
        try
        {
            for (var told = !leadership.IsLeading; ; await timer.WaitForNextTickAsync(ct))
            {
                if (told != leadership.IsLeading)
                {
                    wire.Leads(told = leadership.IsLeading);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The node stops.
        }
    }

    /// <summary>Routing's own events go to the test.</summary>
    internal sealed class Told(RoutingWire wire) : ITransientHandler
    {
        public Task Handle(object message, CancellationToken ct)
        {
            wire.Send((DomainEvent)message);
            return Task.CompletedTask;
        }
    }
}
