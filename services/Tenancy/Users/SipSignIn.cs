using CallCenter.Hosting;
using Dapper;

namespace CallCenter.Tenancy.Users;

/// <summary>Epoch: that of the token to be renewed; absent for a new sign-in of the telephone, which ends the earlier one.</summary>
internal sealed record SipSignInBody(long? Epoch = null);

/// <summary>How a browser registers its telephone: its address, and a token in place of a password (RFC 8898).</summary>
internal sealed record SipSignedIn(string Uri, string Token, DateTimeOffset ExpiresAt, long Epoch);

/// <summary>
/// Who is signed in gets a token of 5 minutes for its browser's telephone. A user has one such telephone, that of the newest sign-in: a window
/// that is renewed in vain (409) knows that another took over.
/// </summary>
internal static class SipSignIn
{
    public static void MapSipSignIn(this IEndpointRouteBuilder app) =>
        app.MapPost("/api/sign-in/sip", Post).RequireRoles(Role.Agent, Role.Supervisor).WithTags("Sign-in").Produces<SipSignedIn>()
            .WithSummary("A token of 5 minutes for the browser's telephone");

    private static async Task<IResult> Post(Caller caller, SipSignInBody? body, TenancyStore store, TokenIssuer tokens, CancellationToken ct)
    {
        // The account may be gone while its token still lives.
        if (await Newest(store, caller.User, begin: body?.Epoch is null, ct) is not { } newest)
        {
            return Problems.Unauthorized("The user is gone: ask an administrator.");
        }
        if (body?.Epoch is { } held && held != newest)
        {
            return Problems.Conflict("The telephone was signed in anew elsewhere: use it there, or ask without an epoch to take it over here.");
        }
        var domain = await store.Database.OperatorWide((c, t) =>
            c.ExecuteScalarAsync<string>(new CommandDefinition("SELECT realm FROM operator", transaction: t, cancellationToken: ct)), ct);
        var issued = tokens.IssueForSip(caller.User, newest);
        return Results.Ok(new SipSignedIn($"sip:{caller.User}@{domain}", issued.Token, issued.ExpiresAt, newest));
    }

    private static Task<long?> Newest(TenancyStore store, Guid user, bool begin, CancellationToken ct)
    {
        var sql = begin
            ? "UPDATE users SET device_epoch = device_epoch + 1 WHERE id = @user RETURNING device_epoch"
            : "SELECT device_epoch FROM users WHERE id = @user";
        return store.Database.OperatorWide((c, t) => c.ExecuteScalarAsync<long?>(new CommandDefinition(sql, new { user }, t, cancellationToken: ct)), ct);
    }
}
