using System.Text.Json;
using System.Text.Json.Serialization;
using CallCenter.Desk.Live;
using CallCenter.Desk.Owners;
using CallCenter.Desk.Push;
using CallCenter.Desk.Screens;
using CallCenter.Desk.Site;
using CallCenter.Hosting;
using Microsoft.AspNetCore.Http.Connections;
using Microsoft.Extensions.DependencyInjection;

namespace CallCenter.Desk;

/// <summary>The web edge: the hub that keeps screens up to date, the state they begin with, and the client's files.</summary>
public static class DeskService
{
    internal const string Name = "desk";

    /// <summary>Clients only listen; a ping is the most they say.</summary>
    private const long FromClientBytesMax = 1_024;

    private static readonly Role[] Users = [Role.Agent, Role.Supervisor, Role.Client, Role.Administrator];

    /// <summary>Adds Desk to a host. It has no database.</summary>
    public static void AddDesk(this IHostApplicationBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var services = builder.Services;
        builder.AddConfigurationSnapshots(Name);
        // Its lines hold a request's query, and the hub's query holds a token.
        builder.Logging.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.Warning);
        services.AddSignalR(o => o.MaximumReceiveMessageSize = FromClientBytesMax)
            .AddJsonProtocol(o => o.PayloadSerializerOptions = new JsonSerializerOptions(JsonSerializerDefaults.Web) { Converters = { new JsonStringEnumConverter() } });
        services.AddSingleton<Connections>().AddSingleton<OwnerReads>().AddSingleton<LiveAgents>().AddSingleton<LiveQueues>();
        services.AddSingleton(s => new LiveContacts(
            s.GetRequiredService<Connections>(), s.GetRequiredService<LiveAgents>(), s.GetRequiredService<LiveQueues>(),
            s.GetRequiredKeyedService<ConfigurationSnapshots>(Name), s.GetRequiredService<TimeProvider>(), s.GetRequiredService<ILogger<LiveContacts>>()));
        services.AddSingleton<Refresh>().AddHostedService(s => s.GetRequiredService<Refresh>());
        services.AddSingleton(s => new Today(
            s.GetRequiredService<OwnerReads>(), s.GetRequiredService<LiveQueues>(), s.GetRequiredService<Connections>(),
            s.GetRequiredKeyedService<ConfigurationSnapshots>(Name), s.GetRequiredService<TimeProvider>(), s.GetRequiredService<ILogger<Today>>()));
        services.AddHostedService(s => s.GetRequiredService<Today>());
        services.AddSingleton<Missing>().AddHostedService(s => s.GetRequiredService<Missing>());
        services.AddHostedService<Heartbeat>();
        foreach (var service in HealthApi.Services)
        {
            builder.AddServiceClient(service);
        }

        builder.AddTransientEvents<DeskEvents>(Name, DeskEvents.Types);
    }

    /// <summary>Maps /hub, /api/desk and the client's files.</summary>
    public static void MapDesk(this WebApplication app)
    {
        ArgumentNullException.ThrowIfNull(app);
        app.MapHub<DeskHub>("/hub", o =>
        {
            o.Transports = HttpTransportType.WebSockets;
            o.CloseOnAuthenticationExpiration = true;
            o.ApplicationMaxBufferSize = FromClientBytesMax;
        }).RequireRoles(Users);
        var desk = app.MapGroup("/api/desk").WithTags("Desk");
        desk.MapGet("/me", MeApi.Get).RequireRoles(Users).Produces<Me>().WithSummary("Who is signed in and what is in hand");
        desk.MapGet("/wallboard", WallboardApi.Get).RequireRoles(Users).Produces<Wallboard>().WithSummary("The queues' figures and the agents' states");
        desk.MapGet("/colleagues", ColleaguesApi.Get).RequireRoles(Role.Agent, Role.Supervisor).WithSummary("Agents whom an agent may ask for");
        desk.MapGet("/health", HealthApi.Get).RequireRoles(Role.Administrator).Produces<HouseHealth>().WithSummary("Every service, its checks and its version");
        app.MapApiDescription();
        app.UseSite();
    }
}
