using CallCenter.Hosting;
using CallCenter.Tenancy.Snapshots;
using Dapper;

namespace CallCenter.Tenancy.Tenants;

/// <summary>A tenant's payment service as an administrator sets it; the secret is never told again.</summary>
/// <param name="Url">https; http where the service is on this machine. Without user and password.</param>
/// <param name="Secret">The bearer token that the service knows us by.</param>
internal sealed record PaymentBody(string Url, string Secret)
{
    public const int UrlMax = 500, SecretMin = 16, SecretMax = 500;

    public Check Check() => new Check()
        .That(IsUrl(Url), $"url must be https (http only on this machine), without user and password, and have at most {UrlMax} characters.")
        .That(Secret is { Length: >= SecretMin and <= SecretMax } && Secret.All(c => c is > ' ' and <= '~'), $"secret must have {SecretMin} to {SecretMax} printable ASCII characters without blanks.");

    private static bool IsUrl(string url) => url is { Length: <= UrlMax } && Uri.TryCreate(url, UriKind.Absolute, out var uri)
        && (uri.Scheme == Uri.UriSchemeHttps || (uri.Scheme == Uri.UriSchemeHttp && uri.IsLoopback)) && uri.UserInfo.Length == 0;
}

/// <summary>PUT and DELETE /api/tenants/{id}/payment: apart from the tenant, so that who changes the tenant need not know the secret.</summary>
internal static class PaymentApi
{
    public static void MapPayments(this IEndpointRouteBuilder app)
    {
        var payment = app.MapGroup("/api/tenants/{id:guid}/payment").WithTags("Tenants").RequireRoles(Role.Administrator, Role.Service);
        payment.MapPut("", async (Guid id, PaymentBody body, TenancyStore store, TenantKeys keys, ConfigurationNotices notices, CancellationToken ct) =>
            body.Check() is { Failed: true } check ? Problems.Invalid(check.Errors) : await Store(store, notices, id, body.Url, keys.Seal(body.Secret), ct));
        payment.MapDelete("", (Guid id, TenancyStore store, ConfigurationNotices notices, CancellationToken ct) => Store(store, notices, id, null, null, ct));
    }

    private static async Task<IResult> Store(TenancyStore store, ConfigurationNotices notices, Guid id, string? url, string? secret, CancellationToken ct)
    {
        if (!await store.Exists(id, ct))
        {
            return Problems.NotFound("tenant");
        }
        await notices.Tell(await store.Database.InTenant(id, async (c, t) =>
        {
            await c.ExecuteAsync(new CommandDefinition(
                "UPDATE tenants SET payment_url = @url, payment_secret = @secret WHERE tenant = @id", new { id, url, secret }, t, cancellationToken: ct));
            return await TenancyStore.RaiseTenant(c, t, id, ct);
        }, ct));
        return url is null ? Results.NoContent() : Results.Ok(new { url });
    }
}
