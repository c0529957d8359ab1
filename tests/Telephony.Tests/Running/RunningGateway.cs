using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using CallCenter.Contracts;
using CallCenter.Contracts.Recording;
using CallCenter.Contracts.Routing;
using CallCenter.Contracts.Telephony;
using CallCenter.Contracts.Tenancy;
using CallCenter.Hosting;
using CallCenter.Media;
using CallCenter.Sip.Digest;
using CallCenter.Telephony.Configuration;
using CallCenter.TestKit;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ContractClip = CallCenter.Contracts.Telephony.Clip;
using MediaClip = CallCenter.Media.Clip;

namespace CallCenter.Telephony.Tests.Running;

/// <summary>A block as the fake Recording took it.</summary>
internal sealed record TakenBlock(Guid Tenant, Guid Contact, Guid? Agent, Guid Recording, long Number, byte[] Body);

/// <summary>
/// The whole service on free ports, with what it needs of the others at the same address: Tenancy's snapshots, Ivr's clips,
/// Recording's uploads; and a subscriber that keeps the events.
/// </summary>
internal sealed class RunningGateway : IAsyncDisposable
{
    public const string Number = "+358100100", NoFlowNumber = "+358100199", OtherNumber = "+358200200", Realm = "callcenter.test";
    public static readonly TimeSpan Soon = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<string, byte[]> clips = new();
    private readonly HashSet<Guid> arrived = [];
    private readonly WebApplication app;
    private long duties;

    private RunningGateway(WebApplication app, string data, Setup setup)
    {
        this.app = app;
        Data = data;
        Setup = setup;
    }

    public string Data { get; }
    public Setup Setup { get; }
    public EventLog Events { get; } = new();
    public ConcurrentBag<TakenBlock> Blocks { get; } = [];

    /// <summary>What Recording answers; null: as it should.</summary>
    public int? RecordingAnswers { get; set; }

    /// <summary>What the payment service of the tests was sent, and what it answers.</summary>
    public ConcurrentQueue<(string? Authorization, string Body)> Payments { get; } = new();

    public string PaymentAnswer { get; set; } = """{"accepted":true,"reference":"R-17"}""";

    /// <summary>How the fake Ivr speaks a tenant's name; null: it cannot.</summary>
    public Func<Guid, ContractClip?> SpokenName { get; set; } = _ => null;

    /// <summary>The number of a block that Recording never takes, nor what travels with it.</summary>
    public int? RefusedBlock { get; set; }

    public IServiceProvider Services => app.Services;
    public IPEndPoint Sip => app.Services.GetRequiredService<SipServer>().Endpoint.LocalEndPoint;
    public IPEndPoint SipTls => app.Services.GetRequiredService<SipServer>().Endpoint.TlsEndPoint!;
    public Uri Http => new(app.Urls.First(url => url.StartsWith("http:", StringComparison.Ordinal)));

    /// <summary>Where the settings give it an address and a certificate.</summary>
    public Uri Https => new(app.Urls.First(url => url.StartsWith("https:", StringComparison.Ordinal)));
    public GatewayCommands Commands => app.Services.GetRequiredService<GatewayCommands>();

    public static async Task<RunningGateway> Start(string data, Setup? setup = null, params (string Key, string Value)[] settings)
    {
        var builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        builder.Configuration["urls"] = "http://127.0.0.1:0";
        builder.Configuration["Data:Folder"] = data;
        builder.Configuration["Telephony:SipPort"] = "0";
        builder.Configuration["Telephony:RtpFrom"] = "0";
        // The test takes control when it is scheduled, which on a busy machine is later than a service would be.
        builder.Configuration["Telephony:ControlSeconds"] = "20";
        foreach (var (key, value) in settings)
        {
            builder.Configuration[key] = value;
        }
        builder.AddCallCenterDefaults();
        builder.AddTelephony();
        RunningGateway? running = null;
        builder.Services.AddSingleton(_ => running!.Events);
        builder.AddTransientEvents<EventLog>("test", [.. EventCatalog.From("Telephony"), .. EventCatalog.TracesFrom("Telephony")]);
        var app = builder.Build();
        running = new RunningGateway(app, data, setup ?? new Setup());
        running.Setup.Keys = app.Services.GetRequiredService<TenantKeys>();
        running.Map();
        try
        {
            await app.StartAsync();
        }
        catch (Exception e)
        {
            if (e is not Microsoft.Extensions.Options.OptionsValidationException)
            {
                // What had started already is at work in the folder.
                await app.StopAsync();
            }
            await app.DisposeAsync();
            throw;
        }
        await Eventually.Be(() => app.Services.GetRequiredService<CurrentConfiguration>().Now.Tenants.Count == 2, Soon);
        return running;
    }

    /// <summary>Says that the tenant's configuration changed, and waits until the gateway has it and its clips.</summary>
    public async Task Reconfigure()
    {
        Setup.Version++;
        await Services.GetRequiredService<MassTransit.IBus>().Publish(new ConfigurationChanged(Setup.TenantId, Setup.Version));
        var clips = Services.GetRequiredService<ClipCache>();
        await Eventually.Be(() => Services.GetRequiredService<CurrentConfiguration>().Now.Tenants[Setup.TenantId].Version == Setup.Version);
        await Eventually.Be(() => clips.Ready([.. new[] { Setup.Fallback.Prompt, Setup.Fallback.Music }.OfType<ContractClip>()]) is not null);
    }

    /// <summary>Tells of an agent as Routing does.</summary>
    public Task Duty(Guid agent, AgentStatus status, AgentState state, bool standingLeg)
    {
        var now = new AgentSnapshot(status, null, TimeProvider.System.GetUtcNow(), state, TimeProvider.System.GetUtcNow(), null, null) { StandingLeg = standingLeg };
        return Services.GetRequiredService<MassTransit.IBus>().Publish(new AgentChanged(now, now, "test", "test")
        {
            Tenant = Setup.Operator, Stream = agent, Source = "routing", Sequence = Interlocked.Increment(ref duties),
        });
    }

    /// <summary>A clip of a tone that the fake Ivr gives out.</summary>
    public ContractClip Tone(double hertz, double seconds)
    {
        var samples = MediaClip.FromSamples(Tones.Sine(hertz, TimeSpan.FromSeconds(seconds)).Samples);
        using var stream = new MemoryStream();
        Wav.Write(stream, samples.Samples);
        var bytes = stream.ToArray();
        var hash = Convert.ToHexStringLower(SHA256.HashData(bytes));
        clips[hash] = bytes;
        return new(hash, $"/api/prompts/audio/{hash}");
    }

    /// <summary>Sends a command for the call and gives its answer; it has long enough for a busy machine.</summary>
    public Task<CommandResult> Order(CallArrived call, long epoch, CallCommand command) => Commands.Send(
        command with
        {
            Tenant = call.Tenant, Contact = call.Contact, Epoch = epoch, Gateway = call.Gateway,
            Expires = command.Expires == default ? TimeProvider.System.GetUtcNow() + Soon : command.Expires,
        },
        CancellationToken.None);

    public async Task<CommandResult> Done(CallArrived call, long epoch, CallCommand command)
    {
        var result = await Order(call, epoch, command);
        result.Outcome.ShouldBe(CommandOutcome.Done, $"{command.GetType().Name}: {result.Detail}");
        return result;
    }

    /// <summary>The next call that comes, each given once; Ivr has control of it and has answered.</summary>
    public async Task<CallArrived> Answered(TimeSpan? within = null)
    {
        var call = await Events.Next<CallArrived>(where: e => !arrived.Contains(e.Contact), within: within);
        arrived.Add(call.Contact);
        await Done(call, 0, new TakeControl(ControlHolder.Ivr));
        await Done(call, 1, new AnswerCall());
        return call;
    }

    /// <summary>Rings the agent for the call; the leg.</summary>
    public async Task<Guid> Offer(CallArrived call, Guid agent, int ringMs = 20_000)
    {
        var leg = Guid.CreateVersion7();
        await Done(call, 0, new OfferLeg(leg, agent, ringMs));
        return leg;
    }

    /// <summary>Waits until the agent has answered and brings caller and agent together, as Routing does.</summary>
    public async Task Connect(CallArrived call, Guid leg, Guid? recording = null, TimeSpan? within = null)
    {
        await Events.Next<LegAccepted>(call.Contact, e => e.Leg == leg, within);
        // An order of no epoch is not carried out, but tells the one in force.
        var (_, _, epoch, _) = await Order(call, -1, new StopPlaying());
        (_, _, epoch, _) = await Done(call, epoch, new TakeControl(ControlHolder.Routing));
        await Done(call, epoch, new ConnectAgent(leg, recording));
    }

    public async Task Stop() => await app.StopAsync();

    public async ValueTask DisposeAsync()
    {
        await app.StopAsync();
        await app.DisposeAsync();
    }

    private void Map()
    {
        app.MapCallCenterDefaults();
        app.MapTelephony();
        app.MapGet("/api/snapshots/operator", () => Results.Json(Setup.OperatorSnapshot(), EventCatalog.Json)).RequireRoles(Role.Service);
        app.MapGet("/api/snapshots/{id:guid}", (Guid id) => Results.Json(Setup.Tenant(id), EventCatalog.Json)).RequireRoles(Role.Service);
        app.MapGet("/api/prompts/audio/{hash}", (string hash) => clips.TryGetValue(hash, out var wav) ? Results.Bytes(wav, "audio/wav") : Results.NotFound()).RequireRoles(Role.Service);
        app.MapGet("/api/prompts/names/{tenant:guid}", (Guid tenant) => SpokenName(tenant) is { } name && Setup.Tenant(tenant) is { } of
            ? Results.Ok(new { Text = of.Name, of.Language, name.Hash, name.Url, Milliseconds = 800 })
            : Results.NotFound()).RequireRoles(Role.Service);
        app.MapGet("/api/agents", () => Results.Ok(new { items = Array.Empty<object>() })).RequireRoles(Role.Service);
        app.MapPost("/pay", async (HttpRequest request) =>
        {
            using var reader = new StreamReader(request.Body);
            Payments.Enqueue((request.Headers.Authorization, await reader.ReadToEndAsync()));
            return Results.Text(PaymentAnswer, "application/json");
        }).AllowAnonymous();
        app.MapPut("/api/recordings/{recording:guid}/blocks", Take).RequireRoles(Role.Service);
    }

    private async Task<IResult> Take(Guid recording, HttpRequest request)
    {
        using var body = new MemoryStream();
        await request.Body.CopyToAsync(body);
        if (RecordingAnswers is { } status)
        {
            return Results.StatusCode(status);
        }
        var bytes = body.ToArray();
        request.Headers[BlockUpload.HashHeader].ToString().ShouldBe(Convert.ToHexStringLower(SHA256.HashData(bytes)));
        var agent = request.Headers.ContainsKey(BlockUpload.AgentHeader) ? Header(BlockUpload.AgentHeader) : (Guid?)null;
        var blocks = BlockUpload.Unpack(bytes)!;
        if (blocks.Any(block => block.Number == RefusedBlock))
        {
            return Results.Conflict();
        }
        foreach (var block in blocks)
        {
            Blocks.Add(new(Header(BlockUpload.TenantHeader), Header(BlockUpload.ContactHeader), agent, recording, block.Number, block.Sealed));
        }
        return Results.NoContent();

        Guid Header(string name) => Guid.Parse(request.Headers[name].ToString());
    }
}

/// <summary>The operator, two tenants, three agents' phones.</summary>
internal sealed class Setup
{
    private readonly Dictionary<Guid, string> keys = [];

    public Guid Operator { get; } = Guid.NewGuid();
    public Guid TenantId { get; } = Guid.NewGuid();
    public Guid OtherTenant { get; } = Guid.NewGuid();
    public Guid Flow { get; } = Guid.NewGuid();
    public IReadOnlyList<(Guid Agent, string User)> Phones { get; } = [(Guid.NewGuid(), "1001"), (Guid.NewGuid(), "1002"), (Guid.NewGuid(), "1003")];
    public NumberFallback Fallback { get; set; } = new(null, null, 60);
    /// <summary>The first tenant's payment service; null: none.</summary>
    public string? PaymentUrl { get; set; }

    public const string PaymentSecret = "payment-secret-of-the-tenant";

    public string TrunkNetwork { get; set; } = "127.0.0.0/8";
    public TenantLimits Limits { get; set; } = new(100, 100);
    public TenantOutside OutsideLimits { get; set; } = TenantOutside.Default;

    /// <summary>Where the trunk takes calls to +3589…; null: nowhere.</summary>
    public IPEndPoint? Outside { get; set; }

    public Func<IReadOnlyList<TrunkSnapshot>> MoreTrunks { get; set; } = () => [];
    public TenantKeys? Keys { get; set; }
    public long Version { get; set; } = 1;

    public OperatorSnapshot OperatorSnapshot() => new(
        Operator, 1, "Operator", RunningGateway.Realm, [TenantId, OtherTenant], [new("local", [TrunkNetwork], 1000, 1000, Outside?.ToString()) { Destinations = ["+3589"] }, .. MoreTrunks()],
        [.. Phones.Select(p =>
        {
            var ha1 = Ha1.From(p.User, RunningGateway.Realm, "secret");
            return new PhoneSnapshot(p.Agent, p.User, ha1.Md5!, ha1.Sha256!);
        })]);

    public TenantSnapshot Tenant(Guid id) => new(
        id, Version, id == TenantId ? "Kaamos \"Oy\"" : "Other", "fi", "Europe/Helsinki",
        id == TenantId
            ? [new(RunningGateway.Number, "geographic", Flow, Fallback), new(RunningGateway.NoFlowNumber, "geographic", null, Fallback)]
            : [new(RunningGateway.OtherNumber, "geographic", Flow, Fallback)],
        Limits, KeyOf(id)) { Outside = OutsideLimits, Payment = id == TenantId && PaymentUrl is { } url ? new(url, Keys!.Seal(PaymentSecret)) : null };

    public string KeyOf(Guid tenant)
    {
        lock (keys)
        {
            if (!keys.TryGetValue(tenant, out var key))
            {
                keys[tenant] = key = Keys!.NewWrappedKey();
            }
            return key;
        }
    }
}
