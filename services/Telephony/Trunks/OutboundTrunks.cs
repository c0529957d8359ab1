using CallCenter.Telephony.Configuration;

namespace CallCenter.Telephony.Trunks;

/// <summary>The trunk and the place of a call outside.</summary>
internal sealed record OutboundCall(TrunkEntry Trunk, CallTicket Ticket);

/// <summary>
/// Which trunk a number outside is dialled by: the first in the order of names that has a target and allows the destination. What is
/// not allowed is refused: nothing can be dialled until an administrator has said where to. Any thread.
/// </summary>
internal sealed class OutboundTrunks(CurrentConfiguration configuration, Admission admission)
{
    /// <summary>Why the number cannot be dialled at all; null when it can, unless a limit is reached.</summary>
    public string? WhyNot(Guid tenant, string number) =>
        !configuration.Now.Tenants.ContainsKey(tenant) ? "the tenant is not known to the gateway"
        : configuration.Now.Trunks.All(trunk => trunk.Target is null) ? "no trunk takes calls outside: give one a target"
        : Trunk(number) is null ? $"no trunk allows calls to {number}: see the trunks' destinations"
        : null;

    /// <summary>Takes a place; null when the number cannot be dialled, or a limit of trunk or tenant is reached, which is counted.</summary>
    public OutboundCall? Take(Guid tenant, string number)
    {
        if (!configuration.Now.Tenants.TryGetValue(tenant, out var of) || Trunk(number) is not { } trunk)
        {
            return null;
        }
        var (ticket, refusal) = admission.TakeOutbound(trunk, of);
        if (ticket is null)
        {
            Telemetry.Refused(refusal!, tenant);
            return null;
        }
        return new(trunk, ticket);
    }

    private TrunkEntry? Trunk(string number) => configuration.Now.Trunks
        .Where(trunk => trunk.Target is not null && trunk.Trunk.Destinations.Any(prefix => number.StartsWith(prefix, StringComparison.Ordinal)))
        .OrderBy(trunk => trunk.Trunk.Name, StringComparer.Ordinal)
        .FirstOrDefault();
}
