using CallCenter.Hosting;
using Dapper;

namespace CallCenter.Tenancy.Users;

internal sealed record SignInBody(string User, string Password);

/// <summary>A name and a password for a token. Unknown user and wrong password look and take the same.</summary>
internal static class SignIn
{
    public static void MapSignIn(this IEndpointRouteBuilder app) => app.MapPost("/api/sign-in", Post).AllowAnonymous().WithTags("Sign-in");

    private static async Task<IResult> Post(
        SignInBody body, HttpContext http, TenancyStore store, Passwords passwords, SignInLimiter limiter, TokenIssuer tokens, ILogger<TokenIssuer> logger, CancellationToken ct)
    {
        var check = new Check().Text(body.User, "user", UserBody.UserMax).That(body.Password.Length is > 0 and <= UserBody.PasswordMax, $"password must have 1 to {UserBody.PasswordMax} characters.");
        if (check.Failed)
        {
            return Problems.Invalid(check.Errors);
        }
        var address = http.Connection.RemoteIpAddress?.ToString() ?? "";
        if (limiter.Begin(address, body.User) is { } wait)
        {
            return Problems.TooMany(http, wait);
        }
        try
        {
            var user = await Find(store, body.User, ct);
            if (!await passwords.Fits(user?.PasswordHash, body.Password, ct) || user is null)
            {
                Log.SignInRefused(logger, body.User, address);
                return Problems.Unauthorized("User or password is wrong: check both, or ask an administrator.");
            }
            limiter.Succeeded(address, body.User);
            return Results.Ok(tokens.Issue(user.Caller()));
        }
        catch (PasswordsBusyException)
        {
            return Problems.TooMany(http, TimeSpan.FromSeconds(5));
        }
    }

    private static Task<UserRow?> Find(TenancyStore store, string user, CancellationToken ct) => store.Database.OperatorWide((c, t) =>
        c.QuerySingleOrDefaultAsync<UserRow>(new CommandDefinition(
            "SELECT id, user_name AS userName, name, password_hash AS passwordHash, role, tenants, teams FROM users WHERE lower(user_name) = lower(@user)",
            new { user }, t, cancellationToken: ct)), ct);
}
