using System.Security.Claims;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace CallCenter.Hosting;

/// <summary>Who makes the request, from its token. A parameter of an endpoint.</summary>
/// <param name="Tenants">The tenants the user belongs to; empty for those who work for the whole operator.</param>
public sealed record Caller(Guid User, string Name, Role Role, IReadOnlyList<Guid> Tenants)
{
    internal const string RoleClaim = "role", TenantsClaim = "tenants", TeamsClaim = "teams", NameClaim = "name", UserClaim = "sub";

    /// <summary>The teams of agents to which a supervisor is limited; empty without a limit.</summary>
    public IReadOnlyList<string> Teams { get; init; } = [];

    /// <summary>Whether an agent of the team (null: of none) is within the caller's teams: for all but supervisors with a limit it is.</summary>
    public bool Watches(string? team) => Role != Role.Supervisor || Teams.Count == 0 || (team is not null && Teams.Contains(team, StringComparer.Ordinal));

    /// <summary>Whether a thing of the tenant may be shown to the caller at all; if not, it does not exist: 404.</summary>
    public bool Sees(Guid tenant) => Role is Role.Supervisor or Role.Administrator or Role.Service || Tenants.Contains(tenant);

    /// <summary>The signed-in caller. An endpoint without a signed-in caller is never reached with this parameter.</summary>
    public static ValueTask<Caller> BindAsync(HttpContext context) => new(From(context.User)
        ?? throw new BadHttpRequestException("This endpoint needs a signed-in caller.", StatusCodes.Status401Unauthorized));

    /// <summary>The caller of a signed-in principal (a SignalR hub's <c>Context.User</c>, say); null when nobody is signed in.</summary>
    public static Caller? From(ClaimsPrincipal? principal) =>
        principal?.Identity is { IsAuthenticated: true }
        && Guid.TryParse(principal.FindFirstValue(UserClaim), out var user)
        && Roles.TryParse(principal.FindFirstValue(RoleClaim), out var role)
            ? new(user, principal.FindFirstValue(NameClaim) ?? "", role, [.. principal.FindAll(TenantsClaim).Select(c => Guid.Parse(c.Value))]) { Teams = [.. principal.FindAll(TeamsClaim).Select(c => c.Value)] }
            : null;
}

/// <summary>Names of roles in tokens, and who may call an endpoint.</summary>
public static class Roles
{
    /// <summary>The role's name in tokens and JSON.</summary>
    public static string Name(this Role role) => role switch
    {
        Role.Agent => "agent",
        Role.Supervisor => "supervisor",
        Role.Client => "client",
        Role.Administrator => "administrator",
        Role.Service => "service",
        _ => throw new ArgumentOutOfRangeException(nameof(role)),
    };

    /// <summary>The endpoint (or group) is for these roles: others get 403, nobody signed in 401.</summary>
    public static TBuilder RequireRoles<TBuilder>(this TBuilder endpoint, params Role[] roles) where TBuilder : IEndpointConventionBuilder =>
        endpoint.RequireAuthorization(new AuthorizeAttribute { Roles = string.Join(',', roles.Select(Name)) });

    internal static bool TryParse(string? name, out Role role)
    {
        foreach (var candidate in Enum.GetValues<Role>())
        {
            if (candidate.Name() == name)
            {
                role = candidate;
                return true;
            }
        }
        role = default;
        return false;
    }
}
