using CallCenter.Contracts.Tenancy;
using CallCenter.Telephony.Configuration;

namespace CallCenter.Telephony.Trunks;

/// <summary>
/// The way of a call outside: the trunk it goes by, with its place there; and the next one where that does not take it. Disposed of at the call's end.
/// </summary>
internal sealed class OutboundCall(IEnumerator<(TrunkEntry Trunk, CallTicket Ticket)> rest) : IDisposable
{
    private CallTicket? ticket;

    public TrunkEntry Trunk { get; private set; } = null!;

    /// <summary>Gives the place back and takes one at the next trunk; false when there is none.</summary>
    public bool Next()
    {
        ticket?.Dispose();
        ticket = null;
        if (!rest.MoveNext())
        {
            return false;
        }
        (Trunk, ticket) = rest.Current;
        return true;
    }

    public void Dispose() => ticket?.Dispose();
}

/// <summary>
/// Which trunks a number outside is dialled by, in the order of <see cref="TrunkOrder"/>: those that have a target, serve the tenant and allow the
/// destination. What is not allowed is refused: nothing can be dialled until an administrator has said where to. Any thread.
/// </summary>
internal sealed class OutboundTrunks(CurrentConfiguration configuration, Admission admission, TrunkWatch watch)
{
    /// <summary>Why the number cannot be dialled at all; null when it can, unless a limit is reached.</summary>
    public string? WhyNot(Guid tenant, string number) =>
        !configuration.Now.Tenants.ContainsKey(tenant) ? "the tenant is not known to the gateway"
        : configuration.Now.Trunks.All(trunk => trunk.Target is null) ? "no trunk takes calls outside: give one a target"
        : !Trunks(tenant, number).Any() ? $"no trunk allows calls to {number}: see the trunks' destinations and tenants"
        : null;

    /// <summary>Takes a place; null when the number cannot be dialled, or the limits of all its trunks or of the tenant are reached, which is counted.</summary>
    public OutboundCall? Take(Guid tenant, string number)
    {
        if (!configuration.Now.Tenants.TryGetValue(tenant, out var of))
        {
            return null;
        }
        var order = TrunkOrder.Of(Trunks(tenant, number).Select(t => new TrunkChoice<TrunkEntry>(t, watch.IsUp(t.Trunk.Name), t.Trunk.Priority, t.Trunk.Weight)), Random.Shared);
        var call = new OutboundCall(Places(order, of).GetEnumerator());
        return call.Next() ? call : null;
    }

    private IEnumerable<(TrunkEntry Trunk, CallTicket Ticket)> Places(IReadOnlyList<TrunkEntry> order, TenantSnapshot tenant)
    {
        foreach (var trunk in order)
        {
            var (ticket, refusal) = admission.TakeOutbound(trunk, tenant);
            if (ticket is null)
            {
                Telemetry.Refused(refusal!, tenant.Tenant);
                continue;
            }
            yield return (trunk, ticket);
        }
    }

    private IEnumerable<TrunkEntry> Trunks(Guid tenant, string number) => configuration.Now.Trunks.Where(trunk =>
        trunk.Target is not null && (trunk.Trunk.Tenants.Count == 0 || trunk.Trunk.Tenants.Contains(tenant))
        && trunk.Trunk.Destinations.Any(prefix => number.StartsWith(prefix, StringComparison.Ordinal)));
}
