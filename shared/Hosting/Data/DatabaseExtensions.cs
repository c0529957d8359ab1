using System.Reflection;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;

namespace CallCenter.Hosting;

/// <summary>Registers services' databases.</summary>
public static partial class DatabaseExtensions
{
    /// <summary>
    /// Gives the service its schema: a keyed <see cref="ServiceDatabase"/>. The migrations in the assembly
    /// (<c>Migrations/0001_name.sql</c>, embedded) are applied before any other hosted service starts.
    /// </summary>
    public static void AddDatabase(this IHostApplicationBuilder builder, string service, Assembly migrations)
    {
        if (!Name().IsMatch(service))
        {
            throw new ArgumentException($"'{service}' is no name of a service: lower-case letters and digits.", nameof(service));
        }
        var databases = builder.Registered<Databases>();
        if (databases.Find(service) is not null)
        {
            throw new InvalidOperationException($"The database of '{service}' is registered twice.");
        }
        databases.Add(new(service, Migration.In(migrations)));
        builder.Services.AddKeyedSingleton(service, (services, _) =>
        {
            var sessions = $"{service} {Guid.NewGuid():N}";
            return new ServiceDatabase(service, sessions, () => Connections(services).Open(SchemaSetup.RunRole(service), service, sessions));
        });
        builder.Services.AddHealthChecks().AddCheck(
            $"database-{service}", new DatabaseHealth(databases.Find(service)!), tags: ["ready"]);
    }

    internal static void RequireMigration(this IHostApplicationBuilder builder, string service, string hostingMigration) =>
        (builder.Registered<Databases>().Find(service)
            ?? throw new InvalidOperationException($"Call AddDatabase(\"{service}\", …) first: the events of '{service}' are kept in its schema."))
        .Require(Migration.OfHosting(hostingMigration));

    private static PostgresConnections Connections(IServiceProvider services) => services.GetRequiredService<PostgresConnections>();

    [GeneratedRegex("^[a-z][a-z0-9]{0,30}$")]
    private static partial Regex Name();
}

/// <summary>The databases of this host.</summary>
internal sealed class Databases
{
    private readonly Dictionary<string, DatabaseRegistration> _byService = new(StringComparer.Ordinal);

    public IReadOnlyCollection<DatabaseRegistration> All => _byService.Values;

    public DatabaseRegistration? Find(string service) => _byService.GetValueOrDefault(service);

    public void Add(DatabaseRegistration registration) => _byService.Add(registration.Service, registration);
}

/// <summary>One service's database as registered; its own migrations come after those of Hosting.</summary>
internal sealed class DatabaseRegistration(string service, IReadOnlyList<Migration> own)
{
    private readonly List<Migration> _required = [];

    public string Service => service;

    public bool Migrated { get; set; }

    public IReadOnlyList<Migration> Migrations => [.. _required, .. own];

    public void Require(Migration migration)
    {
        if (!_required.Any(m => m.Name == migration.Name))
        {
            _required.Add(migration);
        }
    }
}

/// <summary>Opens pools for the roles, all on the server of <c>ConnectionStrings:Postgres</c>.</summary>
internal sealed class PostgresConnections(IConfiguration configuration, RolePasswords passwords)
{
    private const int RunPool = 15, MigratePool = 1, PreparedStatements = 64;

    public NpgsqlDataSource Bootstrap() => NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(Configured()) { Pooling = false });

    public NpgsqlDataSource Open(string role, string schema, string? sessions = null)
    {
        var settings = new NpgsqlConnectionStringBuilder(Configured())
        {
            Username = role, Password = passwords.For(role), SearchPath = schema, ApplicationName = sessions ?? role,
            MaxPoolSize = role == SchemaSetup.RunRole(schema) ? RunPool : MigratePool,
            MaxAutoPrepare = PreparedStatements, Timeout = 5, CommandTimeout = 30,
            // Nothing outlives its transaction: what is set is set locally, temporary tables go at the commit. Resetting each time costs as much as a small transaction.
            NoResetOnClose = true,
        };
        return NpgsqlDataSource.Create(settings);
    }

    private string Configured() => configuration.GetConnectionString("Postgres") is { Length: > 0 } configured
        ? configured
        : throw new InvalidOperationException("ConnectionStrings:Postgres is not set: give the connection string of an account that may create roles and schemas.");
}
