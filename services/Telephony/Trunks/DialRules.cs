using CallCenter.Contracts.Tenancy;
using CallCenter.Telephony.Configuration;

namespace CallCenter.Telephony.Trunks;

/// <summary>Why a number cannot be dialled.</summary>
/// <param name="Reason">One of <see cref="Refusals"/>.</param>
/// <param name="Detail">What is wrong and what to do, in English.</param>
internal sealed record DialRefusal(string Reason, string Detail);

/// <summary>
/// Which numbers outside may be dialled: pure. A number is compared with prefixes in its international form, so that a national or a "00"
/// spelling passes no prefix by. Forbidden wins over allowed; premium-rate and satellite numbers need the tenant's own leave.
/// </summary>
internal sealed class DialRules(TelephonyOptions options)
{
    private readonly string[] premium = [.. options.PremiumPrefixList];

    /// <summary>"+358…" of a number as it is dialled; short numbers, which have no such form, stay as they are.</summary>
    public string International(string number) =>
        number.StartsWith('+') ? number
        : options.InternationalPrefix is { Length: > 0 } world && number.StartsWith(world, StringComparison.Ordinal) ? string.Concat("+", number.AsSpan(world.Length))
        : options.NationalPrefix is { Length: > 0 } home && number.StartsWith(home, StringComparison.Ordinal) ? string.Concat(options.CountryCode, number.AsSpan(home.Length))
        : number;

    /// <summary>What of the tenant's own limits forbids the number; null when nothing does.</summary>
    public DialRefusal? WhyNot(TenantOutside tenant, string number)
    {
        var world = International(number);
        return !tenant.Premium && BeginsWithAny(world, premium)
            ? new(Refusals.PremiumDestination, $"{number} is a premium-rate or satellite number: an administrator can let the tenant call them")
            : BeginsWithAny(world, tenant.Forbidden) || (tenant.Allowed.Count > 0 && !BeginsWithAny(world, tenant.Allowed))
            ? new(Refusals.ForbiddenDestination, $"the tenant does not allow calls to {number}: see its limits of calls outside")
            : null;
    }

    /// <summary>True when the trunk takes the tenant's calls to the number. Its destinations may be written as they are dialled.</summary>
    public bool Takes(TrunkEntry trunk, Guid tenant, string number)
    {
        var world = International(number);
        return trunk.Target is not null
            && (trunk.Trunk.Tenants.Count == 0 || trunk.Trunk.Tenants.Contains(tenant))
            && (BeginsWithAny(number, trunk.Trunk.Destinations) || BeginsWithAny(world, trunk.Trunk.Destinations))
            && !BeginsWithAny(world, trunk.Trunk.Outside.Forbidden) && !BeginsWithAny(number, trunk.Trunk.Outside.Forbidden);
    }

    /// <summary>What a minute to the number costs by the trunk; null where no price is known.</summary>
    public decimal? PerMinute(TrunkSnapshot trunk, string number)
    {
        var world = International(number);
        return trunk.Outside.Prices.Where(p => world.StartsWith(p.Prefix, StringComparison.Ordinal)).MaxBy(p => p.Prefix.Length)?.PerMinute;
    }

    private static bool BeginsWithAny(string number, IEnumerable<string> prefixes) => prefixes.Any(p => number.StartsWith(p, StringComparison.Ordinal));
}
