using System.Net;
using CallCenter.Contracts.Telephony;
using CallCenter.Sip;
using CallCenter.Sip.Transports;

namespace CallCenter.Telephony.Edge;

/// <summary>The other gateways and the agents' devices that are registered there, as they told (ADR 23). A gateway that died is known until the next at its address comes: calls to its browsers fail at once meanwhile.</summary>
internal sealed class Neighbours(TimeProvider clock)
{
    /// <summary>Gateways of one installation: of more the one is forgotten that has been silent longest, unless all are live.</summary>
    public const int Max = 64;

    /// <summary>Without a beat for so long a gateway's calls count no more.</summary>
    public static readonly TimeSpan SilentMax = TimeSpan.FromSeconds(5);

    private readonly Lock gate = new();
    private readonly Dictionary<string, Neighbour> gateways = new(StringComparer.Ordinal);
    private volatile IPEndPoint[] addresses = [];

    /// <summary>An agent's devices elsewhere have changed: before and now.</summary>
    public event Action<Guid, IReadOnlyList<Device>, IReadOnlyList<Device>>? Changed;

    /// <summary>A gateway was heard for the first time: what it told before is not known here.</summary>
    public event Action? Found;

    /// <summary>How many there are, by their beats.</summary>
    public int Live
    {
        get
        {
            lock (gate)
            {
                return gateways.Values.Count(IsLive);
            }
        }
    }

    /// <summary>The tenant's calls at other gateways.</summary>
    public int CallsOf(Guid tenant) => Sum(calls => calls.Tenants.GetValueOrDefault(tenant));

    /// <summary>The trunk's calls at other gateways.</summary>
    public int CallsBy(string trunk) => Sum(calls => calls.Trunks.GetValueOrDefault(trunk));

    /// <summary>Whether a gateway is there; port 0: any of that address.</summary>
    public bool Has(IPEndPoint address)
    {
        var plain = address.Address.IsIPv4MappedToIPv6 ? address.Address.MapToIPv4() : address.Address;
        return Array.Exists(addresses, a => a.Address.Equals(plain) && (address.Port == 0 || address.Port == a.Port));
    }

    /// <summary>The agent's devices at other gateways whose registration has not expired.</summary>
    public IReadOnlyList<Device> Of(Guid agent)
    {
        lock (gate)
        {
            return [.. gateways.Values.SelectMany(g => g.Agents.GetValueOrDefault(agent)?.Devices ?? []).Where(d => d.ExpiresAt > clock.GetUtcNow())];
        }
    }

    public IReadOnlyList<(Guid Agent, Device Device)> All()
    {
        lock (gate)
        {
            return [.. gateways.Values.SelectMany(g => g.Agents).SelectMany(a => a.Value.Devices.Where(d => d.ExpiresAt > clock.GetUtcNow()).Select(d => (a.Key, d)))];
        }
    }

    /// <summary>A gateway is at that address: an earlier one there has gone, and its devices' connections with it.</summary>
    public void Came(string gateway, string sip)
    {
        List<(Guid Agent, IReadOnlyList<Device> Devices)> gone = [];
        lock (gate)
        {
            if (gateways.ContainsKey(gateway) || !IPEndPoint.TryParse(sip, out var address))
            {
                return;
            }
            var earlier = gateways.Where(g => g.Value.Sip.Equals(address)).ToList();
            if (earlier.Count == 0 && gateways.Count >= Max)
            {
                earlier = [.. gateways.Where(g => !IsLive(g.Value)).OrderBy(g => g.Value.HeardAt).Take(1)];
                if (earlier.Count == 0)
                {
                    return;
                }
            }
            foreach (var (name, one) in earlier)
            {
                gateways.Remove(name);
                gone.AddRange(one.Agents.Select(a => (a.Key, a.Value.Devices)));
            }
            gateways[gateway] = new(address, []) { HeardAt = clock.GetTimestamp() };
            addresses = [.. gateways.Values.Select(g => g.Sip).Distinct()];
        }
        foreach (var (agent, devices) in gone)
        {
            Changed?.Invoke(agent, devices, []);
        }
        Found?.Invoke();
    }

    /// <summary>What a gateway has of some agents.</summary>
    public void Take(GatewayDevices told)
    {
        Came(told.Gateway, told.Sip);
        foreach (var agent in told.Agents)
        {
            IReadOnlyList<Device> before, now = [.. agent.Devices.Select(Read).OfType<Device>()];
            lock (gate)
            {
                if (!gateways.TryGetValue(told.Gateway, out var gateway) || gateway.Agents.GetValueOrDefault(agent.Agent) is { } known && known.Sequence >= told.Sequence)
                {
                    continue;
                }
                before = gateway.Agents.GetValueOrDefault(agent.Agent)?.Devices ?? [];
                gateway.Agents[agent.Agent] = new(told.Sequence, now);
            }
            Changed?.Invoke(agent.Agent, before, now);
        }
    }

    /// <summary>A gateway's beat.</summary>
    public void Take(GatewayCalls beat)
    {
        Came(beat.Gateway, beat.Sip);
        lock (gate)
        {
            if (gateways.TryGetValue(beat.Gateway, out var gateway) && !(gateway.Calls?.Sequence >= beat.Sequence))
            {
                (gateway.Calls, gateway.HeardAt) = (beat, clock.GetTimestamp());
            }
        }
    }

    private int Sum(Func<GatewayCalls, int> of)
    {
        lock (gate)
        {
            return gateways.Values.Where(IsLive).Sum(g => of(g.Calls!));
        }
    }

    private bool IsLive(Neighbour gateway) => gateway.Calls is not null && clock.GetElapsedTime(gateway.HeardAt) < SilentMax;

    private static Device? Read(AgentDevice d) =>
        IPEndPoint.TryParse(d.Remote, out var remote) && Enum.TryParse<SipTransport>(d.Transport, out var transport)
            ? new(d.User, d.Domain, d.Contact, new SipOrigin(remote, transport), d.ExpiresAt, null, d.Route, d.Epoch) : null;

    private sealed record Neighbour(IPEndPoint Sip, Dictionary<Guid, Told> Agents)
    {
        public GatewayCalls? Calls { get; set; }
        public long HeardAt { get; set; }
    }

    private sealed record Told(long Sequence, IReadOnlyList<Device> Devices);
}
