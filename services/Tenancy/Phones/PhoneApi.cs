using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using CallCenter.Hosting;
using CallCenter.Tenancy.Snapshots;
using Dapper;

namespace CallCenter.Tenancy.Phones;

/// <summary>An agent's phone as an administrator sets it; of the password only the digests' HA1 are kept.</summary>
internal sealed record PhoneBody(Guid Agent, string Password)
{
    public Check Check() => new Check()
        .That(Agent != Guid.Empty, "agent must be an agent's id.")
        .That(Password.Length is >= 8 and <= 128, "password must have 8 to 128 characters.");
}

/// <summary>A phone as callers see it.</summary>
internal sealed record PhoneItem(string SipUser, Guid Agent);

internal static class PhoneApi
{
    public static void MapPhones(this IEndpointRouteBuilder app)
    {
        var phones = app.MapGroup("/api/phones").WithTags("Phones").RequireRoles(Role.Administrator, Role.Service);
        phones.MapPut("/{sipUser}", Put);
        phones.MapGet("", async (TenancyStore store, CancellationToken ct) => new
        {
            Items = await store.Database.OperatorWide((c, t) => c.QueryAsync<PhoneItem>(
                new CommandDefinition("SELECT sip_user AS sipUser, agent FROM phones ORDER BY sip_user", transaction: t, cancellationToken: ct)), ct),
        });
    }

    private static async Task<IResult> Put(string sipUser, PhoneBody body, TenancyStore store, ConfigurationNotices notices, CancellationToken ct)
    {
        var check = body.Check().Word(sipUser, "The phone's SIP user");
        if (check.Failed)
        {
            return Problems.Invalid(check.Errors);
        }
        await notices.Tell(await Store(store, sipUser, body, ct));
        return Results.Ok(new PhoneItem(sipUser, body.Agent));
    }

    private static Task<Change?> Store(TenancyStore store, string sipUser, PhoneBody body, CancellationToken ct)
    {
        const string put = """
            INSERT INTO phones AS p (sip_user, agent, ha1_md5, ha1_sha256) VALUES (@sipUser, @Agent, @md5, @sha256)
            ON CONFLICT (sip_user) DO UPDATE SET agent = excluded.agent, ha1_md5 = excluded.ha1_md5, ha1_sha256 = excluded.ha1_sha256
            WHERE (p.agent, p.ha1_md5, p.ha1_sha256) IS DISTINCT FROM (excluded.agent, excluded.ha1_md5, excluded.ha1_sha256)
            """;
        return store.Database.OperatorWide(async (c, t) =>
        {
            var realm = await c.QuerySingleAsync<string>(new CommandDefinition("SELECT realm FROM operator", transaction: t, cancellationToken: ct));
            var (md5, sha256) = Ha1(sipUser, realm, body.Password);
            return await c.ExecuteAsync(new CommandDefinition(put, new { sipUser, body.Agent, md5, sha256 }, t, cancellationToken: ct)) == 1
                ? await TenancyStore.RaiseOperator(c, t, ct)
                : null;
        }, ct);
    }

    /// <summary>HA1 = H(user:realm:password), small hex (RFC 7616, section 3.4.2).</summary>
    [SuppressMessage("Security", "CA5351", Justification = "Phones' digest (RFC 3261, 22.4) asks for MD5; SHA-256 stands beside it.")]
    internal static (string Md5, string Sha256) Ha1(string user, string realm, string password)
    {
        var secret = Encoding.UTF8.GetBytes($"{user}:{realm}:{password}");
        return (Convert.ToHexStringLower(MD5.HashData(secret)), Convert.ToHexStringLower(SHA256.HashData(secret)));
    }
}
