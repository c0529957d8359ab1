using System.Net.Sockets;
using CallCenter.Contracts.Tenancy;
using CallCenter.Telephony.Configuration;

namespace CallCenter.Telephony.Trunks;

/// <summary>A trunk with the call's place among its calls, and its meter.</summary>
internal sealed record OutboundWay(TrunkEntry Trunk, CallTicket Ticket, CallMeter Meter) : IDisposable
{
    public void Dispose()
    {
        Meter.Dispose();
        Ticket.Dispose();
    }
}

/// <summary>
/// The way of a call outside: the trunk it goes by, with its place there; and the next one where that does not take it. Disposed of at the call's end.
/// </summary>
internal sealed class OutboundCall(IEnumerator<OutboundWay> rest) : IDisposable
{
    private OutboundWay? way;

    public TrunkEntry Trunk => way!.Trunk;

    /// <summary>Gives the place back and takes one at the next trunk; false when there is none.</summary>
    public bool Next()
    {
        way?.Dispose();
        way = rest.MoveNext() ? rest.Current : null;
        return way is not null;
    }

    /// <inheritdoc cref="CallMeter.Answered"/>
    public void Answered(Action unpaid) => way?.Meter.Answered(unpaid);

    public void Dispose() => way?.Dispose();
}

/// <summary>
/// Which trunks a number outside is dialled by, in the order of <see cref="TrunkOrder"/>: those that have a target, serve the tenant and allow the
/// destination, as far as the day's cost and the limits go. What is not allowed is refused: nothing can be dialled until an administrator has said
/// where to. Any thread.
/// </summary>
internal sealed class OutboundTrunks(CurrentConfiguration configuration, Admission admission, TrunkWatch watch, DialRules rules, DayCosts costs, TimeProvider clock)
{
    /// <summary>Why the number cannot be dialled; null when it can, unless a limit of calls is reached. What it says is counted.</summary>
    public DialRefusal? WhyNot(Guid tenant, string number)
    {
        var why = Find(configuration.Now, tenant, number);
        if (why is not null)
        {
            Telemetry.Refused(why.Reason, tenant);
        }
        return why;
    }

    /// <summary>The address family of the trunks that would take the number: a placed call's audio is opened before a trunk is chosen.</summary>
    public AddressFamily FamilyTo(Guid tenant, string number) =>
        Trunks(configuration.Now, tenant, number).FirstOrDefault()?.Target?.AddressFamily ?? AddressFamily.InterNetwork;

    /// <summary>Takes a place; null when the number cannot be dialled, or the limits of all its trunks or of the tenant are reached, which is counted.</summary>
    public OutboundCall? Take(Guid tenant, string number)
    {
        if (!configuration.Now.Tenants.TryGetValue(tenant, out var of) || rules.WhyNot(of.Outside, number) is not null)
        {
            return null;
        }
        var order = TrunkOrder.Of(
            Trunks(configuration.Now, tenant, number).Select(t => new TrunkChoice<TrunkEntry>(t, watch.IsUp(t.Trunk.Name), t.Trunk.Priority, t.Trunk.Weight)), Random.Shared);
        var call = new OutboundCall(Ways(order, of, number).GetEnumerator());
        return call.Next() ? call : null;
    }

    private DialRefusal? Find(GatewayConfiguration now, Guid tenant, string number)
    {
        if (!now.Tenants.TryGetValue(tenant, out var of))
        {
            return new(Refusals.UnknownNumber, "the tenant is not known to the gateway");
        }
        if (now.Trunks.All(trunk => trunk.Target is null))
        {
            return new(Refusals.ForbiddenDestination, "no trunk takes calls outside: give one a target");
        }
        if (rules.WhyNot(of.Outside, number) is { } forbidden)
        {
            return forbidden;
        }
        var trunks = Trunks(now, tenant, number).ToList();
        if (trunks.Count == 0)
        {
            return new(Refusals.ForbiddenDestination, $"no trunk allows calls to {number}: see the trunks' destinations and tenants");
        }
        var unpaid = trunks.Select(t => costs.WhyNot(of, t.Trunk, rules.PerMinute(t.Trunk, number))).ToList();
        return unpaid.Contains(null) ? null : unpaid[0];
    }

    private IEnumerable<OutboundWay> Ways(IReadOnlyList<TrunkEntry> order, TenantSnapshot tenant, string number)
    {
        foreach (var trunk in order)
        {
            var (ticket, refusal) = admission.TakeOutbound(trunk, tenant);
            if (ticket is null)
            {
                Telemetry.Refused(refusal!, tenant.Tenant);
                continue;
            }
            var (meter, unpaid) = CallMeter.Begin(costs, tenant, trunk.Trunk, rules.PerMinute(trunk.Trunk, number), clock);
            if (meter is null)
            {
                Telemetry.Refused(unpaid!.Reason, tenant.Tenant);
                ticket.Dispose();
                continue;
            }
            yield return new(trunk, ticket, meter);
        }
    }

    private IEnumerable<TrunkEntry> Trunks(GatewayConfiguration now, Guid tenant, string number) => now.Trunks.Where(trunk => rules.Takes(trunk, tenant, number));
}
