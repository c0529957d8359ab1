using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using CallCenter.Contracts;
using CallCenter.Contracts.Telephony;
using CallCenter.Hosting;
using CallCenter.Sip;
using CallCenter.Sip.Digest;
using CallCenter.Sip.Messages;
using CallCenter.Sip.Registration;
using CallCenter.Sip.Transports;
using CallCenter.Telephony.Configuration;
using CallCenter.Telephony.Spool;

namespace CallCenter.Telephony.Edge;

/// <summary>
/// Agents' devices: the SIP registrar with the operator's credentials for phones and sign-in tokens for browsers, the events
/// DeviceReachable and DeviceUnreachable, and the file from which the next run takes the phones' registrations over. A phone
/// registers by its SIP user, a browser by its agent's id.
/// </summary>
internal sealed class Registrations
{
    private readonly ConcurrentDictionary<string, Guid> agents = new(StringComparer.Ordinal);
    private readonly CurrentConfiguration configuration;
    private readonly EventSpool spool;
    private readonly Neighbours neighbours;
    private readonly string gateway;
    private readonly string file;
    private readonly BearerAuthenticator bearer;
    private readonly IPNetwork[] phoneNetworks;
    private readonly TimeProvider clock;
    private readonly ILogger<Registrations> logger;
    private volatile bool changed;

    public Registrations(CurrentConfiguration configuration, EventSpool spool, string gateway, string file, TelephonyOptions options, TrustedProxies proxies, Neighbours neighbours, TokenIssuer tokens, TimeProvider clock, ILogger<Registrations> logger)
    {
        this.configuration = configuration;
        this.spool = spool;
        this.gateway = gateway;
        this.file = file;
        this.clock = clock;
        this.logger = logger;
        phoneNetworks = [.. options.TrustedPhoneNetworks];
        var realm = configuration.Now.Operator?.Realm ?? "callcenter";
        bearer = new BearerAuthenticator(realm, token => tokens.ReadForSip(token) is { } t ? new(t.User.ToString(), t.Epoch, t.ExpiresAt) : null);
        Registrar = new Registrar(new() { Realm = realm, Credentials = Credentials, Algorithms = options.DigestAlgorithms, Bearer = bearer, NeedsTls = NeedsTls, OriginOf = proxies.OriginOf }, clock) { Changed = OnChanged };
        configuration.Changed += OnConfiguration;
        this.neighbours = neighbours;
        neighbours.Changed += OnNeighbour;
    }

    public Registrar Registrar { get; }

    /// <summary>An agent's devices here have changed.</summary>
    public event Action<Guid>? Changed;

    /// <summary>An agent's browser registered, here or at another gateway: the agent and the page's Contact.</summary>
    public event Action<Guid, string>? PageCame;

    /// <summary>An agent's SIP phone registered, not merely again.</summary>
    public event Action<Guid>? PhoneCame;

    /// <summary>Shown on phones that are called for nobody.</summary>
    public string OperatorName => configuration.Now.Operator?.Name ?? "";

    /// <summary>Whose agents register here.</summary>
    public Guid Operator => configuration.Now.Operator?.Operator ?? default;

    /// <summary>The agents who have a device here.</summary>
    public IReadOnlyCollection<Guid> Agents() => [.. Registrar.All.Select(b => AgentOf(b.User)).OfType<Guid>().Distinct()];

    /// <summary>Where the agent can be rung now, whichever gateway a device is registered at. Of one that is known twice the way that lasts longer.</summary>
    public IReadOnlyList<Device> DevicesOf(Guid agent) =>
        [.. Of(agent).Select(Device.Of).Concat(neighbours.Of(agent)).GroupBy(d => (d.User, d.Contact)).Select(same => same.MaxBy(d => d.ExpiresAt)!)];

    /// <summary>The devices that are registered here, the newest contact of each first.</summary>
    public IReadOnlyList<Binding> Of(Guid agent) => [.. UsersOf(agent).SelectMany(Registrar.Find).Where(b => b.Flow.IsOpen)];

    /// <summary>Null when a browser's request has a token of the user who is registered by that socket; else the challenge of the 401.</summary>
    public IReadOnlyList<SipHeader>? Challenge(SipMessage request, SipFlow flow) =>
        bearer.Check(request) is { } token && Registrar.IsRegistered(flow, token.User) ? null : bearer.Challenge(request);

    /// <summary>Whether a phone is registered from that address now.</summary>
    public bool IsRegisteredFrom(IPAddress address) => Registrar.All.Any(b => !b.Flow.IsWebSocket && b.Origin.Remote.Address.Equals(address));

    public Guid? AgentOf(string sipUser) => agents.TryGetValue(sipUser, out var agent) ? agent : null;

    private IEnumerable<string> UsersOf(Guid agent) => configuration.Now.PhonesOf(agent).Select(p => p.SipUser).Prepend(agent.ToString());

    /// <summary>Takes over what an earlier run kept; agents whose last registration has expired meanwhile are told unreachable.</summary>
    public void Restore(SipEndpoint endpoint)
    {
        var kept = Read();
        var now = clock.GetUtcNow();
        foreach (var agent in kept.GroupBy(k => k.Agent).Where(g => g.All(k => k.ExpiresAt <= now)))
        {
            Tell(agent.First().Operator, agent.Key, new DeviceUnreachable("Expired"));
        }
        foreach (var one in kept)
        {
            agents[one.User] = one.Agent;
        }
        endpoint.Restore(kept.Where(k => k.ExpiresAt > now).Select(k =>
            new SavedBinding(k.User, k.Domain, k.Contact, IPEndPoint.Parse(k.Remote), k.ExpiresAt, k.CallId, k.CSeq, k.UserAgent, k.Path, k.Origin)));
    }

    /// <summary>Writes the file when something changed. UDP contacts only: a connection does not outlive the process.</summary>
    public void Save()
    {
        if (!changed || configuration.Now.Operator is not { } of)
        {
            return;
        }
        changed = false;
        var kept = Registrar.All.Where(b => b.Flow.Transport == Sip.Transports.SipTransport.Udp && agents.ContainsKey(b.User)).Select(b =>
            new KeptRegistration(of.Operator, agents[b.User], b.User, b.Domain, b.Contact, b.Flow.Remote.ToString(), b.ExpiresAt, b.CallId, b.CSeq, b.UserAgent, b.Path, b.Origin.Remote.ToString(), b.Origin.Transport));
        DataFolder.WriteWhole(file, JsonSerializer.SerializeToUtf8Bytes(kept, EventCatalog.Json));
    }

    /// <summary>By UDP and TCP a password's digest can be read and a registration taken over on the way: only where the way is trusted.</summary>
    private bool NeedsTls(SipOrigin origin)
    {
        var address = origin.Remote.Address.IsIPv4MappedToIPv6 ? origin.Remote.Address.MapToIPv4() : origin.Remote.Address;
        return origin.Transport is Sip.Transports.SipTransport.Udp or Sip.Transports.SipTransport.Tcp
            && !Array.Exists(phoneNetworks, n => n.Contains(address)) && configuration.Now.Trunk(address) is null;
    }

    private Ha1? Credentials(string user) => configuration.Now.Phone(user) is { } phone ? new Ha1(phone.Ha1Md5, phone.Ha1Sha256) : null;

    private void OnChanged(RegistrationChange change)
    {
        changed = true;
        if (change is { Kind: RegistrationChangeKind.Superseded, Binding.Flow: WebSocketFlow socket })
        {
            socket.Close(BrowserSockets.Superseded, "the telephone was signed in anew elsewhere");
        }
        var agent = change.Binding.Flow.IsWebSocket && Guid.TryParse(change.User, out var user) ? user : configuration.Now.Phone(change.User)?.Agent ?? AgentOf(change.User);
        if (agent is not { } id || configuration.Now.Operator is not { } of)
        {
            return;
        }
        agents[change.User] = id;
        if (change is { Kind: RegistrationChangeKind.Added, Binding.Flow.IsWebSocket: true })
        {
            PageCame?.Invoke(id, change.Binding.Contact);
        }
        else if (change.Kind == RegistrationChangeKind.Added)
        {
            PhoneCame?.Invoke(id);
        }
        Changed?.Invoke(id);
        var until = Latest(id, UsersOf(id).Append(change.User).Distinct());
        Log.DeviceChanged(logger, id, change.Kind.ToString(), change.Binding.Contact, until ?? change.Binding.ExpiresAt);
        Tell(of.Operator, id, until is { } end
            ? Reachable(end)
            : new DeviceUnreachable(change.Kind switch
            {
                RegistrationChangeKind.Expired => "Expired",
                RegistrationChangeKind.FlowLost => "ConnectionLost",
                _ => "Unregistered",
            }));
    }

    /// <summary>An agent whose last offer found no device that could be rung has one again.</summary>
    public void TellReachable(Guid agent)
    {
        if (configuration.Now.Operator is { } of && Latest(agent, UsersOf(agent)) is { } end)
        {
            Tell(of.Operator, agent, Reachable(end));
        }
    }

    /// <summary>When the last of the agent's registrations ends, wherever it is.</summary>
    private DateTimeOffset? Latest(Guid agent, IEnumerable<string> users) =>
        users.SelectMany(Registrar.Find).Select(b => (DateTimeOffset?)b.ExpiresAt).Concat(neighbours.Of(agent).Select(d => (DateTimeOffset?)d.ExpiresAt)).Max();

    /// <summary>
    /// A device that registered there later is not here any more; an older sign-in of a browser ends. Where the last device there is gone and there
    /// is one here, that is told: the other gateway may not have known.
    /// </summary>
    private void OnNeighbour(Guid agent, IReadOnlyList<Device> before, IReadOnlyList<Device> now)
    {
        foreach (var device in now)
        {
            if (device.Epoch > 0)
            {
                Registrar.Supersede(device.User, device.Epoch);
            }
            Registrar.Leave(device.User, device.Contact, device.ExpiresAt);
            if (device.IsBrowser && !before.Any(b => b.Contact == device.Contact))
            {
                PageCame?.Invoke(agent, device.Contact);
            }
        }
        if (before.Count > 0 && now.Count == 0 && Of(agent).Count > 0)
        {
            TellReachable(agent);
        }
    }

    private DeviceReachable Reachable(DateTimeOffset until) => new(gateway, DateTimeOffset.FromUnixTimeMilliseconds(until.ToUnixTimeMilliseconds()));

    /// <summary>A phone that is gone, has another agent or another password has to register again.</summary>
    private void OnConfiguration(GatewayConfiguration before, GatewayConfiguration now)
    {
        if (now.Operator is { } of)
        {
            Registrar.Authenticator.Realm = of.Realm;
        }
        foreach (var old in before.Operator?.Phones ?? [])
        {
            if (now.Phone(old.SipUser) != old)
            {
                Registrar.Remove(old.SipUser);
                agents.TryRemove(old.SipUser, out _);
            }
        }
    }

    private void Tell(Guid of, Guid agent, AgentEvent e) => spool.Store(e with { Tenant = of, Stream = agent, OccurredAt = clock.Now() });

    private KeptRegistration[] Read()
    {
        try
        {
            return File.Exists(file) ? JsonSerializer.Deserialize<KeptRegistration[]>(File.ReadAllBytes(file), EventCatalog.Json)! : [];
        }
        catch (Exception e) when (e is JsonException or IOException)
        {
            Log.RegistrationsUnreadable(logger, file, e.Message);
            return [];
        }
    }
}

/// <summary>A registration as the file keeps it.</summary>
internal sealed record KeptRegistration(
    Guid Operator, Guid Agent, string User, string Domain, string Contact, string Remote, DateTimeOffset ExpiresAt, string CallId, uint CSeq, string? UserAgent, string? Path = null,
    string? Source = null, Sip.Transports.SipTransport Transport = Sip.Transports.SipTransport.Udp)
{
    /// <summary>Null in what an earlier version kept: the phone is where its flow comes from.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public SipOrigin? Origin => Source is null ? null : new(IPEndPoint.Parse(Source), Transport);
}
