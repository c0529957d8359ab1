using System.Text.Json;
using CallCenter.Contracts;
using CallCenter.Contracts.Tenancy;
using CallCenter.Hosting;
using CallCenter.Tenancy.Snapshots;
using Dapper;

namespace CallCenter.Tenancy.Outside;

/// <summary>A tenant's limits of calls outside as an administrator sets them, as a whole: what is left out is not limited, but for premium numbers.</summary>
internal sealed record TenantOutsideBody(
    IReadOnlyList<string>? Allowed = null, IReadOnlyList<string>? Forbidden = null, bool Premium = false, decimal? DayCostMax = null)
{
    public TenantOutside Limits => new() { Allowed = Allowed ?? [], Forbidden = Forbidden ?? [], Premium = Premium, DayCostMax = DayCostMax };

    public Check Check() => new Check().Prefixes(Allowed, "allowed").Prefixes(Forbidden, "forbidden").Amount(DayCostMax, "dayCostMax");
}

/// <summary>A trunk's prices and limits of calls outside as an administrator sets them, as a whole.</summary>
internal sealed record TrunkOutsideBody(IReadOnlyList<string>? Forbidden = null, IReadOnlyList<CallPrice>? Prices = null, decimal? DayCostMax = null)
{
    public TrunkOutside Limits => new() { Forbidden = Forbidden ?? [], Prices = Prices ?? [], DayCostMax = DayCostMax };

    public Check Check()
    {
        var prices = Prices ?? [];
        var check = new Check().Prefixes(Forbidden, "forbidden").Prefixes([.. prices.Select(p => p.Prefix)], "prices").Amount(DayCostMax, "dayCostMax");
        check.That(prices.Select(p => p.Prefix).Distinct().Count() == prices.Count, "prices must have each prefix once.");
        return prices.All(p => p.PerMinute is >= 0 and <= OutsideChecks.PriceMax) ? check : check.That(false, $"perMinute must be 0 to {OutsideChecks.PriceMax}.");
    }
}

internal static class OutsideChecks
{
    public const int PrefixesMax = 10_000, PrefixMax = 20;
    public const decimal PriceMax = 10_000, AmountMax = 1_000_000_000;

    public static Check Prefixes(this Check check, IReadOnlyList<string>? prefixes, string name)
    {
        check.Between(prefixes?.Count ?? 0, 0, PrefixesMax, $"The number of {name}");
        foreach (var wrong in (prefixes ?? []).Where(p => p.Length is 0 or > PrefixMax || p.AsSpan(p[0] == '+' ? 1 : 0).ContainsAnyExceptInRange('0', '9')).Take(10))
        {
            check.That(false, $"{name}: '{wrong}' is no beginning of a number, such as +358.");
        }
        return check;
    }

    public static Check Amount(this Check check, decimal? amount, string name) =>
        check.That(amount is null or (>= 0 and <= AmountMax), $"{name} must be 0 to {AmountMax}, or absent.");
}

/// <summary>PUT /api/tenants/{id}/outside and /api/trunks/{name}/outside; read with the tenants and trunks.</summary>
internal static class OutsideApi
{
    public static void MapOutside(this IEndpointRouteBuilder app)
    {
        app.MapPut("/api/tenants/{id:guid}/outside", PutOfTenant).WithTags("Tenants").RequireRoles(Role.Administrator, Role.Service)
            .WithSummary("Where the tenant's calls outside may go, and what they may cost a day");
        app.MapPut("/api/trunks/{name}/outside", PutOfTrunk).WithTags("Trunks").RequireRoles(Role.Administrator, Role.Service)
            .WithSummary("What calls by the trunk cost, and what they may cost a day");
    }

    /// <summary>What a column holds.</summary>
    public static T Read<T>(string json) => JsonSerializer.Deserialize<T>(json, EventCatalog.Json)!;

    private static async Task<IResult> PutOfTenant(Guid id, TenantOutsideBody body, TenancyStore store, ConfigurationNotices notices, CancellationToken ct)
    {
        var check = body.Check();
        if (check.Failed)
        {
            return Problems.Invalid(check.Errors);
        }
        if (!await store.Exists(id, ct))
        {
            return Problems.NotFound("tenant");
        }
        var values = new { id, Outside = JsonSerializer.Serialize(body.Limits, EventCatalog.Json) };
        await notices.Tell(await store.Database.InTenant(id, async (c, t) =>
            await c.ExecuteAsync(new CommandDefinition("UPDATE tenants SET outside = @Outside::jsonb WHERE tenant = @id AND outside <> @Outside::jsonb", values, t, cancellationToken: ct)) == 1
                ? await TenancyStore.RaiseTenant(c, t, id, ct)
                : null, ct));
        return Results.Ok(body.Limits);
    }

    private static async Task<IResult> PutOfTrunk(string name, TrunkOutsideBody body, TenancyStore store, ConfigurationNotices notices, CancellationToken ct)
    {
        var check = body.Check();
        if (check.Failed)
        {
            return Problems.Invalid(check.Errors);
        }
        var values = new { name, Outside = JsonSerializer.Serialize(body.Limits, EventCatalog.Json) };
        var (known, change) = await store.Database.OperatorWide(async (c, t) =>
        {
            if (await c.ExecuteScalarAsync<bool>(new CommandDefinition("SELECT EXISTS (SELECT FROM trunks WHERE name = @name)", values, t, cancellationToken: ct)) is false)
            {
                return (false, null);
            }
            var changed = await c.ExecuteAsync(new CommandDefinition(
                "UPDATE trunks SET outside = @Outside::jsonb WHERE name = @name AND outside <> @Outside::jsonb", values, t, cancellationToken: ct)) == 1;
            return (true, changed ? await TenancyStore.RaiseOperator(c, t, ct) : null);
        }, ct);
        await notices.Tell(change);
        return known ? Results.Ok(body.Limits) : Problems.NotFound("trunk");
    }
}
