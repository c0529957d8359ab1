using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace CallCenter.Hosting;

/// <summary>Reads <c>Authorization: Bearer</c> (RFC 6750); for <c>/hub</c>, where browsers cannot set a header, the query's <c>access_token</c>.</summary>
internal sealed class TokenAuthentication(
    TokenIssuer tokens, IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory loggers, UrlEncoder encoder)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, loggers, encoder)
{
    public const string SchemeName = "Bearer";
    private const int TokenMax = 4096;

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (Token() is not { Length: > 0 and <= TokenMax } token)
        {
            return AuthenticateResult.NoResult();
        }
        // The end goes along: a connection that lives on (the hub's) is closed when its token ends.
        return await tokens.Read(token) is var (identity, expires)
            ? AuthenticateResult.Success(new(new ClaimsPrincipal(identity), new() { ExpiresUtc = expires }, SchemeName))
            : AuthenticateResult.Fail("The token is not valid or has ended.");
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        Response.StatusCode = StatusCodes.Status401Unauthorized;
        Response.Headers.WWWAuthenticate = SchemeName;
        return Task.CompletedTask;
    }

    private string? Token()
    {
        var header = Request.Headers.Authorization.ToString();
        return header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase) ? header["Bearer ".Length..].Trim()
            : Request.Path.StartsWithSegments("/hub") ? Request.Query["access_token"].ToString()
            : null;
    }
}

/// <summary>An endpoint below /api that says neither who may call it nor that anybody may is for signed-in callers.</summary>
internal static class ClosedByDefault
{
    public static async Task Check(HttpContext context, RequestDelegate next)
    {
        // Routing's own answers (405, 415) are endpoints too, but no routes.
        var said = context.GetEndpoint() is not RouteEndpoint endpoint
            || endpoint.Metadata.GetMetadata<IAllowAnonymous>() is not null
            || endpoint.Metadata.GetMetadata<IAuthorizeData>() is not null
            || !context.Request.Path.StartsWithSegments("/api");
        if (said || context.User.Identity is { IsAuthenticated: true })
        {
            await next(context);
        }
        else
        {
            await context.ChallengeAsync();
        }
    }
}
