using CallCenter.Hosting;
using Dapper;
using Npgsql;

namespace CallCenter.Tenancy.Users;

/// <summary>A user as an administrator sets it; the password is kept as a hash only.</summary>
/// <param name="Teams">The teams of agents to which a supervisor is limited; null or empty: all. They are in the user's token, which bounds their number.</param>
internal sealed record UserBody(string User, string Name, string Password, Role Role, IReadOnlyList<Guid> Tenants, IReadOnlyList<string>? Teams = null)
{
    public const int UserMax = 100, PasswordMax = 200, PasswordMin = 8, TenantsMax = 1000, TeamsMax = 10;

    public Check Check() => new Check()
        .Word(User, "user")
        .Text(Name, "name")
        .That(Password.Length is >= PasswordMin and <= PasswordMax, $"password must have {PasswordMin} to {PasswordMax} characters.")
        .That(Enum.IsDefined(Role) && Role != Role.Service, "role must be agent, supervisor, client or administrator.")
        .That(Tenants.Count <= TenantsMax && !Tenants.Contains(Guid.Empty), $"tenants must be at most {TenantsMax} ids.")
        .That(Role != Role.Client || Tenants.Count > 0, "A client belongs to at least one tenant.")
        .That(Role == Role.Supervisor || Teams is null or [], "Only a supervisor is limited to teams: leave teams out.")
        .That(Teams is null || (Teams.Count <= TeamsMax && Teams.Distinct().Count() == Teams.Count), $"teams must be at most {TeamsMax} names, each once.")
        .That(Teams is null || Teams.All(TeamName.IsOne), $"A team has 1 to {TeamName.Max} characters, on one line and without spaces at its ends.");
}

/// <summary>A user as callers see it.</summary>
internal sealed record UserItem(Guid Id, string User, string Name, Role Role, IReadOnlyList<Guid> Tenants, IReadOnlyList<string> Teams);

internal sealed record UserRow
{
    public required Guid Id { get; init; }

    public required string UserName { get; init; }

    public required string Name { get; init; }

    public required string PasswordHash { get; init; }

    public required string Role { get; init; }

    public required Guid[] Tenants { get; init; }

    public required string[] Teams { get; init; }

    public Caller Caller() => new(Id, Name, Parsed, Tenants) { Teams = Teams };

    public UserItem Item() => new(Id, UserName, Name, Parsed, Tenants, Teams);

    private Role Parsed => Enum.Parse<Role>(Role, ignoreCase: true);
}

internal static class UserApi
{
    public static void MapUsers(this IEndpointRouteBuilder app)
    {
        var users = app.MapGroup("/api/users").WithTags("Users");
        users.MapPut("/{id:guid}", Put).RequireRoles(Role.Administrator, Role.Service);
        users.MapGet("", async (Caller caller, TenancyStore store, CancellationToken ct) => new { Items = await List(store, caller, ct) })
            .RequireRoles(Enum.GetValues<Role>());
        users.MapGet("/{id:guid}", async (Guid id, Caller caller, TenancyStore store, CancellationToken ct) =>
                (await List(store, caller, ct)).Find(u => u.Id == id) is { } found ? Results.Ok(found) : Problems.NotFound("user"))
            .RequireRoles(Enum.GetValues<Role>());
    }

    private static async Task<IResult> Put(Guid id, UserBody body, TenancyStore store, Passwords passwords, CancellationToken ct)
    {
        var known = await store.Tenants(ct);
        var check = body.Check().That(id != Guid.Empty, "The id must not be all zeros.");
        foreach (var unknown in body.Tenants.Except(known).Take(10))
        {
            check.That(false, $"There is no tenant {unknown}: put it first.");
        }
        if (check.Failed)
        {
            return Problems.Invalid(check.Errors);
        }
        try
        {
            await Store(store, id, body, await passwords.Hash(body.Password, ct), ct);
            return Results.Ok(new UserItem(id, body.User, body.Name, body.Role, body.Tenants, body.Teams ?? []));
        }
        catch (PasswordsBusyException)
        {
            return Problems.Unavailable("Too many passwords are being checked: try again in some seconds.");
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            return Problems.Conflict($"Another user is called '{body.User}': choose another name.");
        }
    }

    public static Task Store(TenancyStore store, Guid id, UserBody body, string hash, CancellationToken ct)
    {
        const string put = """
            INSERT INTO users (id, user_name, name, password_hash, role, tenants, teams) VALUES (@id, @User, @Name, @hash, @role, @tenants, @teams)
            ON CONFLICT (id) DO UPDATE SET user_name = excluded.user_name, name = excluded.name, password_hash = excluded.password_hash,
              role = excluded.role, tenants = excluded.tenants, teams = excluded.teams
            """;
        return store.Database.OperatorWide((c, t) => c.ExecuteAsync(new CommandDefinition(put,
            new { id, body.User, body.Name, hash, role = body.Role.Name(), tenants = body.Tenants.ToArray(), teams = body.Teams?.ToArray() ?? [] }, t, cancellationToken: ct)), ct);
    }

    // Supervisors and administrators see all; a client its tenants' other clients; an agent itself.
    private static async Task<List<UserItem>> List(TenancyStore store, Caller caller, CancellationToken ct)
    {
        const string read = """
            SELECT id, user_name AS userName, name, password_hash AS passwordHash, role, tenants, teams FROM users
            WHERE @all OR id = @User OR (@client AND role = 'client' AND tenants && @tenants) ORDER BY user_name
            """;
        var values = new
        {
            all = caller.Role is Role.Supervisor or Role.Administrator or Role.Service, caller.User,
            client = caller.Role == Role.Client, tenants = caller.Tenants.ToArray(),
        };
        var rows = await store.Database.OperatorWide((c, t) => c.QueryAsync<UserRow>(new CommandDefinition(read, values, t, cancellationToken: ct)), ct);
        var items = rows.Select(r => r.Item());
        return caller.Role == Role.Client ? [.. items.Select(i => i with { Tenants = [.. i.Tenants.Intersect(caller.Tenants)] })] : [.. items];
    }
}
