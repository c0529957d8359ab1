using System.Text.RegularExpressions;
using CallCenter.Contracts.Tenancy;
using CallCenter.Hosting;
using CallCenter.Tenancy.Outside;
using CallCenter.Tenancy.Snapshots;
using Dapper;

namespace CallCenter.Tenancy.Tenants;

internal sealed record LimitsBody(int ConcurrentCalls, int CallsPerSecond);

/// <summary>How the tenant shows itself; what is left out is the default's.</summary>
internal sealed partial record BrandBody(string? Colour = null, string? Greeting = null)
{
    public const int GreetingMax = 500;

    public TenantBrand Brand => new((Colour ?? TenantBrand.Default.Colour).ToLowerInvariant(), (Greeting ?? TenantBrand.Default.Greeting).Trim());

    public Check Check(Check check) => check
        .That(ColourForm().IsMatch(Brand.Colour), "brand.colour must be '#' and six hexadecimal digits, such as '#1f5a99'.")
        .That(Brand.Greeting.Length <= GreetingMax && !Brand.Greeting.Any(char.IsControl), $"brand.greeting must have at most {GreetingMax} characters and no control characters.");

    [GeneratedRegex(@"^#[0-9a-f]{6}\z")]
    private static partial Regex ColourForm();
}

/// <summary>A tenant as an administrator sets it.</summary>
internal sealed partial record TenantBody(string Name, string Language, string TimeZone, LimitsBody Limits, BrandBody? Brand = null)
{
    public TenantBrand ItsBrand => Brand?.Brand ?? TenantBrand.Default;

    public Check Check() => (Brand ?? new()).Check(new Check())
        .Text(Name, "name")
        .That(LanguageForm().IsMatch(Language), "language must be a BCP 47 tag such as 'fi' or 'sv-FI'.")
        .That(TimeZone.Length <= 64 && TimeZoneInfo.TryFindSystemTimeZoneById(TimeZone, out _), "timeZone must be an IANA name such as 'Europe/Helsinki'.")
        .Between(Limits.ConcurrentCalls, 0, 100_000, "limits.concurrentCalls")
        .Between(Limits.CallsPerSecond, 0, 10_000, "limits.callsPerSecond");

    [GeneratedRegex(@"^[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}\z")]
    private static partial Regex LanguageForm();
}

/// <summary>A tenant as callers see it.</summary>
internal sealed record TenantItem(Guid Id, string Name, string Language, string TimeZone, LimitsBody Limits, TenantBrand Brand, TenantOutside Outside)
{
    /// <summary>The payment service's address; null: cards cannot be taken.</summary>
    public string? PaymentUrl { get; init; }
}

internal static class TenantApi
{
    public static void MapTenants(this IEndpointRouteBuilder app)
    {
        var tenants = app.MapGroup("/api/tenants").WithTags("Tenants");
        tenants.MapPut("/{id:guid}", Put).RequireRoles(Role.Administrator, Role.Service);
        tenants.MapGet("", async (Caller caller, TenancyStore store, CancellationToken ct) => new { Items = await List(store, caller, ct) })
            .RequireRoles(Enum.GetValues<Role>());
        tenants.MapGet("/{id:guid}", async (Guid id, Caller caller, TenancyStore store, CancellationToken ct) =>
                (await List(store, caller, ct)).Find(t => t.Id == id) is { } tenant ? Results.Ok(tenant) : Problems.NotFound("tenant"))
            .RequireRoles(Enum.GetValues<Role>());
    }

    private static async Task<IResult> Put(Guid id, TenantBody body, TenancyStore store, TenantKeys keys, ConfigurationNotices notices, CancellationToken ct)
    {
        var check = body.Check().That(id != Guid.Empty, "The id must not be all zeros.");
        if (check.Failed)
        {
            return Problems.Invalid(check.Errors);
        }
        await notices.Tell(await Store(store, keys, id, body, ct));
        return Results.Ok((await Read(store, [id], ct)).Single());
    }

    // A new tenant gets its data key, and the operator has one tenant more. An unchanged one raises no version.
    private static Task<Change?[]> Store(TenancyStore store, TenantKeys keys, Guid id, TenantBody body, CancellationToken ct)
    {
        const string put = """
            INSERT INTO tenants AS t (tenant, version, name, language, time_zone, concurrent_calls, calls_per_second, data_key, colour, greeting)
            VALUES (@id, 0, @Name, @Language, @TimeZone, @ConcurrentCalls, @CallsPerSecond, @DataKey, @Colour, @Greeting)
            ON CONFLICT (tenant) DO UPDATE SET name = excluded.name, language = excluded.language, time_zone = excluded.time_zone,
              concurrent_calls = excluded.concurrent_calls, calls_per_second = excluded.calls_per_second,
              colour = excluded.colour, greeting = excluded.greeting
            WHERE (t.name, t.language, t.time_zone, t.concurrent_calls, t.calls_per_second, t.colour, t.greeting) IS DISTINCT FROM
              (excluded.name, excluded.language, excluded.time_zone, excluded.concurrent_calls, excluded.calls_per_second, excluded.colour, excluded.greeting)
            """;
        return store.Database.InTenant(id, async (c, t) =>
        {
            var isNew = await c.ExecuteAsync(new CommandDefinition("INSERT INTO operator_tenants VALUES (@id) ON CONFLICT DO NOTHING", new { id }, t, cancellationToken: ct)) == 1;
            var values = new
            {
                id, body.Name, body.Language, body.TimeZone, body.Limits.ConcurrentCalls, body.Limits.CallsPerSecond, DataKey = keys.NewWrappedKey(),
                body.ItsBrand.Colour, body.ItsBrand.Greeting,
            };
            var changed = await c.ExecuteAsync(new CommandDefinition(put, values, t, cancellationToken: ct)) == 1;
            return new[]
            {
                changed ? await TenancyStore.RaiseTenant(c, t, id, ct) : null,
                isNew ? await TenancyStore.RaiseOperator(c, t, ct) : null,
            };
        }, ct);
    }

    private static async Task<List<TenantItem>> List(TenancyStore store, Caller caller, CancellationToken ct)
    {
        var seen = (await store.Tenants(ct)).Where(caller.Sees).ToArray();
        return seen.Length == 0 ? [] : await Read(store, seen, ct);
    }

    private static async Task<List<TenantItem>> Read(TenancyStore store, Guid[] seen, CancellationToken ct)
    {
        const string read = """
            SELECT tenant, name, language, time_zone AS timeZone, concurrent_calls AS concurrentCalls, calls_per_second AS callsPerSecond, colour, greeting, outside::text AS outside, payment_url AS paymentUrl
            FROM tenants WHERE tenant = ANY(@seen) ORDER BY name, tenant
            """;
        var rows = await store.Database.InTenants(seen, (c, t) => c.QueryAsync<Row>(new CommandDefinition(read, new { seen }, t, cancellationToken: ct)), ct);
        return [.. rows.Select(r => new TenantItem(r.Tenant, r.Name, r.Language, r.TimeZone, new(r.ConcurrentCalls, r.CallsPerSecond), new(r.Colour, r.Greeting), OutsideApi.Read<TenantOutside>(r.Outside)) { PaymentUrl = r.PaymentUrl })];
    }

    private sealed record Row(Guid Tenant, string Name, string Language, string TimeZone, int ConcurrentCalls, int CallsPerSecond, string Colour, string Greeting, string Outside, string? PaymentUrl);
}
