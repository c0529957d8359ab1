using CallCenter.Contracts;
using CallCenter.Contracts.Routing;
using CallCenter.Contracts.Telephony;
using CallCenter.Hosting;
using CallCenter.Media;
using CallCenter.Telephony.Anchor;
using CallCenter.Telephony.Bans;
using CallCenter.Telephony.Cards;
using CallCenter.Telephony.Configuration;
using CallCenter.Telephony.Edge;
using CallCenter.Telephony.Ladder;
using CallCenter.Telephony.Recorder;
using CallCenter.Telephony.Spool;
using CallCenter.Telephony.Trunks;
using MassTransit;
using Microsoft.Extensions.Options;

namespace CallCenter.Telephony;

/// <summary>The gateway: SIP, media, calls, agents' phones, recording taps. It keeps no database.</summary>
public static class TelephonyService
{
    private const string Service = "telephony";

    /// <summary>Adds the gateway; its options are the section <c>Telephony</c>.</summary>
    public static void AddTelephony(this IHostApplicationBuilder builder)
    {
        var name = Incarnation.NewName();
        builder.Services.AddOptions<TelephonyOptions>().Bind(builder.Configuration.GetSection(TelephonyOptions.Section)).ValidateOnStart();
        builder.Services.AddSingleton<IValidateOptions<TelephonyOptions>, TelephonyOptionsValidator>();
        builder.Services.AddSingleton(s => s.GetRequiredService<IOptions<TelephonyOptions>>().Value);
        builder.Services.PostConfigure<HostOptions>(host => host.ShutdownTimeout += DrainTime(builder.Configuration));
        builder.AddConfigurationSnapshots(Service);
        builder.AddServiceClient("Ivr");
        builder.AddServiceClient("Recording");
        builder.AddServiceClient("Routing");
        builder.AddSpool(name);
        builder.AddCalls(name);
        builder.Services.AddSingleton<Gateway>();
        builder.Services.AddHostedService(s => s.GetRequiredService<Gateway>());
        builder.Services.AddHealthChecks().AddCheck<TelephonyHealth>(Service, tags: ["ready"]);
    }

    // A stop has its usual time after the calls have had theirs. What is no number or out of range the options' validator tells.
    private static TimeSpan DrainTime(IConfiguration configuration) =>
        int.TryParse(configuration[$"{TelephonyOptions.Section}:{nameof(TelephonyOptions.DrainSeconds)}"], out var seconds) && seconds is > 0 and <= TelephonyOptions.DrainSecondsMax
            ? TimeSpan.FromSeconds(seconds) : TimeSpan.Zero;

    /// <summary>Maps what is live now: <c>/api/telephony/calls</c> and <c>/api/telephony/registrations</c>; and browsers' SIP at <c>/sip</c>.</summary>
    public static void MapTelephony(this IEndpointRouteBuilder app)
    {
        var group = app.MapGroup("/api/telephony").WithTags("Telephony").RequireRoles(Role.Administrator, Role.Supervisor);
        group.MapGet("/calls", LiveView.Calls);
        group.MapGet("/registrations", LiveView.Registrations);
        group.MapGet("/trunks", (TrunkWatch trunks) => new Items<LiveTrunk>(trunks.All));
        app.MapGroup("/api/telephony/costs").WithTags("Telephony").RequireRoles(Role.Administrator)
            .MapGet("", (DayCosts costs) => new Items<DayCost>(costs.All())).WithSummary("What calls outside have cost today, by tenant and by trunk");
        app.MapBans();
        var sockets = app.CreateApplicationBuilder();
        sockets.UseWebSockets();
        sockets.Run(http => http.RequestServices.GetRequiredService<BrowserSockets>().Serve(http));
        app.Map("/sip", sockets.Build()).AllowAnonymous().ExcludeFromDescription(); // its users sign in by SIP
    }

    private static void AddSpool(this IHostApplicationBuilder builder, string name)
    {
        var services = builder.Services;
        services.AddSingleton(s => Incarnation.Begin(s.GetRequiredService<DataFolder>(), name));
        services.AddSingleton(s => new EventSpool(s.GetRequiredService<Incarnation>().Folder, EarlierRuns.SourceOf(name), s.GetRequiredService<TimeProvider>()));
        services.AddSingleton(s => new BlockSpool(s.GetRequiredService<Incarnation>().Folder));
        services.AddSingleton<EventPublisher>();
        services.AddSingleton<EarlierRuns>();
        services.AddSingleton(s => new BlockShipper(
            s.GetRequiredService<IHttpClientFactory>(), s.GetRequiredService<TimeProvider>(),
            s.GetRequiredService<DataFolder>().Folder(Service, "refused-blocks"), s.GetRequiredService<ILogger<BlockShipper>>()));
        builder.AddTransientEvents<ResendHandler>(Service, typeof(ResendEvents));
    }

    private static void AddCalls(this IHostApplicationBuilder builder, string name)
    {
        var services = builder.Services;
        services.AddSingleton<CurrentConfiguration>();
        services.AddSingleton<TrustedProxies>();
        services.AddSingleton<Neighbours>();
        services.AddSingleton(s => new ConfigurationFollower(
            s.GetRequiredKeyedService<ConfigurationSnapshots>(Service), s.GetRequiredService<CurrentConfiguration>(), s.GetRequiredService<ClipCache>(),
            s.GetRequiredService<TimeProvider>(), s.GetRequiredService<ILogger<ConfigurationFollower>>()));
        services.AddSingleton(s => new ClipCache(
            s.GetRequiredService<DataFolder>().Folder(Service, "clips"), (long)s.GetRequiredService<TelephonyOptions>().ClipMegabytesMax << 20,
            s.GetRequiredService<IHttpClientFactory>(), s.GetRequiredService<TimeProvider>(), s.GetRequiredService<ILogger<ClipCache>>()));
        services.AddSingleton(s => new Registrations(
            s.GetRequiredService<CurrentConfiguration>(), s.GetRequiredService<EventSpool>(), name,
            s.GetRequiredService<DataFolder>().Path(Service, "registrations.json"), s.GetRequiredService<TelephonyOptions>(),
            s.GetRequiredService<TrustedProxies>(), s.GetRequiredService<Neighbours>(), s.GetRequiredService<TokenIssuer>(), s.GetRequiredService<TimeProvider>(), s.GetRequiredService<ILogger<Registrations>>()));
        services.AddSingleton(StartMedia);
        services.AddSingleton<Ladders>();
        services.AddSingleton<BanList>();
        services.AddSingleton<TrunkWatch>();
        services.AddSingleton<SipServer>();
        services.AddSingleton<BrowserSockets>();
        services.AddSingleton<Admission>();
        services.AddSingleton<DialRules>();
        services.AddSingleton(s => new DayCosts(
            s.GetRequiredService<DataFolder>().Path(Service, "day-costs.json"), s.GetRequiredService<CurrentConfiguration>(),
            s.GetRequiredService<TimeProvider>(), s.GetRequiredService<ILogger<DayCosts>>()));
        services.AddSingleton<OutboundTrunks>();
        services.AddSingleton<PaymentClient>();
        services.AddHttpClient(PaymentClient.Client).RemoveAllLoggers()
            .ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false });
        services.AddSingleton<TenantNames>();
        services.AddSingleton<CallServices>();
        services.AddSingleton<Calls>();
        services.AddSingleton<Echoes>();
        services.AddSingleton<StandingLegs>();
        services.AddSingleton<ShiftPhones>();
        builder.AddTransientEvents<GatewayNotices>(Service, typeof(GatewayDevices), typeof(GatewayCalls), typeof(GatewayAsks));
        builder.AddTransientEvents<AgentDuties>(Service, typeof(AgentChanged));
        builder.AddGatewayCommandConsumer<Calls>(name);
    }

    private static MediaEngine StartMedia(IServiceProvider services)
    {
        var options = services.GetRequiredService<TelephonyOptions>();
        var logger = services.GetRequiredService<ILogger<MediaEngine>>();
        return MediaEngine.Start(
            new MediaOptions
            {
                BindAddress = options.BindAddresses[0],
                SecondAddress = options.BindAddresses.ElementAtOrDefault(1),
                PortFrom = options.RtpFrom,
                PortTo = options.RtpTo,
                Threads = options.MediaThreads > 0 ? options.MediaThreads : Math.Min(Environment.ProcessorCount, MediaOptions.ThreadsMax),
                SilenceTimeout = TimeSpan.FromSeconds(options.MediaTimeoutSeconds),
                OnFault = fault => Log.MediaFault(logger, fault.Exception, fault.ToString()),
            },
            services.GetRequiredService<TimeProvider>());
    }
}
