using CallCenter.Hosting;
using CallCenter.Tenancy.Users;
using Dapper;

namespace CallCenter.Tenancy.Operator;

/// <summary>
/// Makes the operator and the first administrator when they are missing. Options: <c>Tenancy:Operator:Id</c> (new UUIDv7),
/// <c>Name</c> ("Operator"), <c>Realm</c> ("callcenter"; part of phones' digests, so it stays as it was at the first start);
/// <c>Tenancy:Administrator:User</c> and <c>Password</c>.
/// </summary>
internal sealed class FirstStart(
    TenancyStore store, Passwords passwords, IConfiguration configuration, TimeProvider clock, ILogger<FirstStart> logger) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await MakeOperator(cancellationToken);
        await MakeAdministrator(cancellationToken);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private async Task MakeOperator(CancellationToken ct)
    {
        var id = configuration.GetValue<Guid?>("Tenancy:Operator:Id") ?? Guid.CreateVersion7(clock.GetUtcNow());
        var name = configuration["Tenancy:Operator:Name"] ?? "Operator";
        var realm = configuration["Tenancy:Operator:Realm"] ?? "callcenter";
        var check = new Check().That(id != Guid.Empty, "Tenancy:Operator:Id must be a UUID.").Text(name, "Tenancy:Operator:Name").Word(realm, "Tenancy:Operator:Realm");
        if (check.Failed)
        {
            throw new InvalidOperationException(string.Join(' ', check.Errors));
        }
        const string make = "INSERT INTO operator (id, name, realm, version) VALUES (@id, @name, @realm, 1) ON CONFLICT DO NOTHING";
        var made = await store.Database.OperatorWide((c, t) =>
            c.ExecuteAsync(new CommandDefinition(make, new { id, name, realm }, t, cancellationToken: ct)), ct);
        if (made == 1)
        {
            Log.OperatorMade(logger, id, realm);
        }
    }

    private async Task MakeAdministrator(CancellationToken ct)
    {
        var there = await store.Database.OperatorWide((c, t) => c.ExecuteScalarAsync<bool>(new CommandDefinition(
            "SELECT EXISTS (SELECT FROM users WHERE role = @role)", new { role = Role.Administrator.Name() }, t, cancellationToken: ct)), ct);
        if (there)
        {
            return;
        }
        if (configuration["Tenancy:Administrator:User"] is not { Length: > 0 } user || configuration["Tenancy:Administrator:Password"] is not { Length: > 0 } password)
        {
            Log.NoAdministrator(logger);
            return;
        }
        var body = new UserBody(user, "Administrator", password, Role.Administrator, []);
        var check = body.Check();
        if (check.Failed)
        {
            throw new InvalidOperationException($"Tenancy:Administrator: {string.Join(' ', check.Errors)}");
        }
        await UserApi.Store(store, Guid.CreateVersion7(clock.GetUtcNow()), body, await passwords.Hash(password, ct), ct);
        Log.AdministratorMade(logger, user);
    }
}
