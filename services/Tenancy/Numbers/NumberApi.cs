using System.Text.Json;
using System.Text.RegularExpressions;
using CallCenter.Contracts;
using CallCenter.Contracts.Telephony;
using CallCenter.Contracts.Tenancy;
using CallCenter.Hosting;
using CallCenter.Tenancy.Snapshots;
using Dapper;
using Npgsql;

namespace CallCenter.Tenancy.Numbers;

internal sealed record FallbackBody(int LongestHoldSeconds, Clip? Prompt = null, Clip? Music = null);

/// <summary>A tenant's number as an administrator sets it; without a flow its calls are answered 480.</summary>
internal sealed partial record NumberBody(Guid Tenant, string Kind, FallbackBody Fallback, Guid? Flow = null)
{
    private static readonly string[] Kinds = ["shortCode", "tollFree", "sharedCost", "geographic"];

    public Check Check() => new Check()
        .That(Tenant != Guid.Empty, "tenant must be a tenant's id.")
        .That(Kinds.Contains(Kind), $"kind must be one of {string.Join(", ", Kinds)}.")
        .That(Flow != Guid.Empty, "flow must be a flow's id, or absent.")
        .Between(Fallback.LongestHoldSeconds, 1, 86_400, "fallback.longestHoldSeconds")
        .That(IsClip(Fallback.Prompt), "fallback.prompt must have a SHA-256 hash in small hex and a url.")
        .That(IsClip(Fallback.Music), "fallback.music must have a SHA-256 hash in small hex and a url.");

    private static bool IsClip(Clip? clip) =>
        clip is null || (HashForm().IsMatch(clip.Hash) && clip.Url.Length is > 0 and <= 2000 && Uri.TryCreate(clip.Url, UriKind.RelativeOrAbsolute, out _));

    [GeneratedRegex(@"^[0-9a-f]{64}\z")]
    private static partial Regex HashForm();
}

/// <summary>A number as callers see it.</summary>
internal sealed record NumberItem(string Number, Guid Tenant, string Kind, Guid? Flow, NumberFallback Fallback);

internal static partial class NumberApi
{
    public static void MapNumbers(this IEndpointRouteBuilder app)
    {
        var numbers = app.MapGroup("/api/numbers").WithTags("Numbers");
        numbers.MapPut("/{number}", Put).RequireRoles(Role.Administrator, Role.Service);
        numbers.MapGet("", async (Caller caller, TenancyStore store, CancellationToken ct) => new { Items = await List(store, caller, ct) })
            .RequireRoles(Enum.GetValues<Role>());
        numbers.MapGet("/{number}", async (string number, Caller caller, TenancyStore store, CancellationToken ct) =>
                (await List(store, caller, ct)).Find(n => n.Number == number) is { } found ? Results.Ok(found) : Problems.NotFound("number"))
            .RequireRoles(Enum.GetValues<Role>());
    }

    private static async Task<IResult> Put(string number, NumberBody body, TenancyStore store, ConfigurationNotices notices, CancellationToken ct)
    {
        var check = body.Check().That(NumberForm().IsMatch(number), "The number must have 2 to 20 digits, with or without a leading +.");
        if (check.Failed)
        {
            return Problems.Invalid(check.Errors);
        }
        if (!await store.Exists(body.Tenant, ct))
        {
            return Problems.Invalid($"There is no tenant {body.Tenant}: put it first.");
        }
        var item = new NumberItem(number, body.Tenant, body.Kind, body.Flow, new(body.Fallback.Prompt, body.Fallback.Music, body.Fallback.LongestHoldSeconds));
        try
        {
            var (isTenants, change) = await Store(store, item, ct);
            await notices.Tell(change);
            return isTenants ? Results.Ok(item) : OfAnother(number);
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.InsufficientPrivilege)
        {
            return OfAnother(number);
        }
    }

    private static IResult OfAnother(string number) => Problems.Conflict($"The number {number} belongs to another tenant.");

    // Another tenant's row is hidden by the policy: to change it is refused, to leave it as it is is not, so we look.
    private static Task<(bool IsTenants, Change? Change)> Store(TenancyStore store, NumberItem item, CancellationToken ct)
    {
        const string put = """
            INSERT INTO numbers AS n (number, tenant, kind, flow, fallback) VALUES (@Number, @Tenant, @Kind, @Flow, @Fallback::jsonb)
            ON CONFLICT (number) DO UPDATE SET kind = excluded.kind, flow = excluded.flow, fallback = excluded.fallback
            WHERE (n.kind, n.flow, n.fallback) IS DISTINCT FROM (excluded.kind, excluded.flow, excluded.fallback)
            """;
        return store.Database.InTenant(item.Tenant, async (c, t) =>
        {
            var values = new { item.Number, item.Tenant, item.Kind, item.Flow, Fallback = JsonSerializer.Serialize(item.Fallback, EventCatalog.Json) };
            if (await c.ExecuteAsync(new CommandDefinition(put, values, t, cancellationToken: ct)) == 1)
            {
                return (true, await TenancyStore.RaiseTenant(c, t, item.Tenant, ct));
            }
            const string seen = "SELECT EXISTS (SELECT FROM numbers WHERE number = @Number)";
            return (await c.ExecuteScalarAsync<bool>(new CommandDefinition(seen, values, t, cancellationToken: ct)), (Change?)null);
        }, ct);
    }

    private static async Task<List<NumberItem>> List(TenancyStore store, Caller caller, CancellationToken ct)
    {
        var seen = (await store.Tenants(ct)).Where(caller.Sees).ToArray();
        if (seen.Length == 0)
        {
            return [];
        }
        const string read = "SELECT number, tenant, kind, flow, fallback::text AS fallback FROM numbers WHERE tenant = ANY(@seen) ORDER BY number";
        var rows = await store.Database.InTenants(seen, (c, t) => c.QueryAsync<Row>(new CommandDefinition(read, new { seen }, t, cancellationToken: ct)), ct);
        return [.. rows.Select(r => new NumberItem(r.Number, r.Tenant, r.Kind, r.Flow, JsonSerializer.Deserialize<NumberFallback>(r.Fallback, EventCatalog.Json)!))];
    }

    private sealed record Row(string Number, Guid Tenant, string Kind, Guid? Flow, string Fallback);

    [GeneratedRegex(@"^\+?[0-9]{2,20}\z")]
    private static partial Regex NumberForm();
}
