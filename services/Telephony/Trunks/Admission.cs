using System.Net;
using CallCenter.Contracts.Tenancy;
using CallCenter.Telephony.Configuration;

namespace CallCenter.Telephony.Trunks;

/// <summary>What becomes of an INVITE before a call exists.</summary>
internal abstract record Verdict;

/// <summary>A place is taken until the ticket is disposed of.</summary>
internal sealed record Admitted(TrunkEntry Trunk, NumberEntry Number, CallTicket Ticket) : Verdict;

/// <summary>Refused with this SIP status.</summary>
/// <param name="Reason">One of <see cref="Refusals"/>.</param>
/// <param name="Number">Known when the refusal is told to the tenant (CallRejected).</param>
internal sealed record Refused(int SipStatus, string Reason, int? RetryAfterSeconds = null, TrunkEntry? Trunk = null, NumberEntry? Number = null) : Verdict;

/// <summary>Reasons of a refusal: the words of events, logs and the meter's label.</summary>
internal static class Refusals
{
    public const string Draining = "Draining", SpoolFull = "SpoolFull", UnknownTrunk = "UnknownTrunk", UnknownNumber = "UnknownNumber",
        TrunkConcurrentCalls = "TrunkConcurrentCalls", TrunkCallsPerSecond = "TrunkCallsPerSecond",
        TenantConcurrentCalls = "TenantConcurrentCalls", TenantCallsPerSecond = "TenantCallsPerSecond",
        NoFlow = "NoFlow", NoCodec = "NoCodec", NoMediaPorts = "NoMediaPorts",
        BadOffer = "BadOffer",
        ForbiddenDestination = "ForbiddenDestination", PremiumDestination = "PremiumDestination", NoPrice = "NoPrice", TenantDayCost = "TenantDayCost",
        TrunkDayCost = "TrunkDayCost";
}

/// <summary>
/// Decides about each INVITE in this order: gateway ready, trunk by source network, the trunk's limits, number -> tenant,
/// flow, the tenant's limits. Calls at the other gateways count; of calls a second each gateway has its part. Any thread.
/// </summary>
internal sealed class Admission(Edge.Neighbours neighbours, TimeProvider clock)
{
    /// <summary>When to try again after 503: limits are counted by the second.</summary>
    public const int RetryAfterSeconds = 2;

    private readonly Lock gate = new();
    private readonly Dictionary<string, CallLimit> trunks = new(StringComparer.Ordinal);
    private readonly Dictionary<Guid, CallLimit> tenants = [];

    /// <summary>Set when no new call is taken: the reason.</summary>
    public Func<string?> Closed { get; set; } = () => null;

    /// <summary>A place was taken or given back.</summary>
    public event Action? Changed;

    /// <summary>Calls now, by tenant and by trunk.</summary>
    public (IReadOnlyDictionary<Guid, int> Tenants, IReadOnlyDictionary<string, int> Trunks) Calls()
    {
        lock (gate)
        {
            return (Busy(tenants), Busy(trunks));
        }
    }

    public Verdict Decide(GatewayConfiguration configuration, IPAddress source, string dialled)
    {
        if (Closed() is { } why)
        {
            return new Refused(503, why, RetryAfterSeconds);
        }
        if (configuration.Trunk(source) is not { } trunk)
        {
            return new Refused(403, Refusals.UnknownTrunk);
        }
        lock (gate)
        {
            var trunkLimit = Limit(trunks, trunk.Trunk.Name);
            var place = Take(trunkLimit, trunk);
            if (place != Place.Taken)
            {
                var reason = place == Place.NoConcurrentCall ? Refusals.TrunkConcurrentCalls : Refusals.TrunkCallsPerSecond;
                return new Refused(503, reason, RetryAfterSeconds, trunk);
            }
            var verdict = DecideNumber(configuration, trunk, dialled, trunkLimit);
            if (verdict is Refused)
            {
                trunkLimit.Release();
            }
            return verdict;
        }
    }

    /// <summary>A place for a call outside among those of the trunk and the tenant, whichever way they go; the ticket, or the limit that is reached.</summary>
    public (CallTicket? Ticket, string? Refusal) TakeOutbound(TrunkEntry trunk, TenantSnapshot tenant)
    {
        lock (gate)
        {
            var trunkLimit = Limit(trunks, trunk.Trunk.Name);
            var place = Take(trunkLimit, trunk);
            if (place != Place.Taken)
            {
                return (null, place == Place.NoConcurrentCall ? Refusals.TrunkConcurrentCalls : Refusals.TrunkCallsPerSecond);
            }
            var tenantLimit = Limit(tenants, tenant.Tenant);
            place = Take(tenantLimit, tenant);
            if (place == Place.Taken)
            {
                return (Ticket(trunkLimit, tenantLimit), null);
            }
            trunkLimit.Release();
            return (null, place == Place.NoConcurrentCall ? Refusals.TenantConcurrentCalls : Refusals.TenantCallsPerSecond);
        }
    }

    private Verdict DecideNumber(GatewayConfiguration configuration, TrunkEntry trunk, string dialled, CallLimit trunkLimit)
    {
        if (configuration.Number(dialled) is not { } number)
        {
            return new Refused(404, Refusals.UnknownNumber, Trunk: trunk);
        }
        if (number.Number.Flow is null)
        {
            return new Refused(480, Refusals.NoFlow, null, trunk, number);
        }
        var tenantLimit = Limit(tenants, number.Tenant.Tenant);
        return Take(tenantLimit, number.Tenant) switch
        {
            Place.Taken => new Admitted(trunk, number, Ticket(trunkLimit, tenantLimit)),
            Place.NoConcurrentCall => new Refused(503, Refusals.TenantConcurrentCalls, RetryAfterSeconds, trunk, number),
            _ => new Refused(503, Refusals.TenantCallsPerSecond, RetryAfterSeconds, trunk, number),
        };
    }

    private Place Take(CallLimit limit, TrunkEntry trunk) =>
        limit.Take(trunk.Trunk.ConcurrentCalls - neighbours.CallsBy(trunk.Trunk.Name), Part(trunk.Trunk.CallsPerSecond), clock);

    private Place Take(CallLimit limit, TenantSnapshot tenant) =>
        limit.Take(tenant.Limits.ConcurrentCalls - neighbours.CallsOf(tenant.Tenant), Part(tenant.Limits.CallsPerSecond), clock);

    private int Part(int perSecond) => Math.Min(perSecond, Math.Max(1, perSecond / (neighbours.Live + 1)));

    private CallTicket Ticket(CallLimit trunk, CallLimit tenant)
    {
        Changed?.Invoke();
        return new(gate, trunk, tenant, () => Changed?.Invoke());
    }

    private static Dictionary<TKey, int> Busy<TKey>(Dictionary<TKey, CallLimit> limits) where TKey : notnull =>
        limits.Where(l => l.Value.Calls > 0).ToDictionary(l => l.Key, l => l.Value.Calls);

    private static CallLimit Limit<TKey>(Dictionary<TKey, CallLimit> limits, TKey key) where TKey : notnull
    {
        if (!limits.TryGetValue(key, out var limit))
        {
            limits[key] = limit = new();
        }
        return limit;
    }
}

/// <summary>The place of a call among its trunk's and its tenant's; given back once.</summary>
internal sealed class CallTicket(Lock gate, CallLimit trunk, CallLimit tenant, Action given) : IDisposable
{
    private bool released;

    public void Dispose()
    {
        lock (gate)
        {
            if (released)
            {
                return;
            }
            released = true;
            trunk.Release();
            tenant.Release();
        }
        given();
    }
}
