using Dapper;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace CallCenter.Hosting.Tests.Data;

[Trait("needs", "server")]
public sealed class MigrationRunTests(PostgresFixture postgres)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task With_migrate_the_schema_is_made_and_nothing_else_starts()
    {
        var configuration = await postgres.NewConfiguration();
        var bystander = new Bystander();
        await App(configuration, bystander).RunOrMigrate([MigrationRun.Argument], Ct).WaitAsync(TimeSpan.FromSeconds(60), Ct);

        bystander.Started.ShouldBeFalse();
        await using var host = await TestHost.Start(configuration, b => b.AddDatabase("notes", typeof(MigrationRunTests).Assembly));
        (await host.Get<ServiceDatabase>("notes").OperatorWide((c, t) => c.ExecuteScalarAsync<long>("SELECT count(*) FROM migrations", transaction: t), Ct)).ShouldBe(1);
    }

    [Fact]
    public async Task Without_it_the_service_runs_until_it_is_stopped()
    {
        var bystander = new Bystander();
        var app = App(await postgres.NewConfiguration(), bystander);
        var up = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        app.Lifetime.ApplicationStarted.Register(up.SetResult);
        var running = app.RunOrMigrate([], Ct);
        await up.Task.WaitAsync(TimeSpan.FromSeconds(60), Ct);
        bystander.Started.ShouldBeTrue();
        running.IsCompleted.ShouldBeFalse();
        app.Lifetime.StopApplication();
        await running.WaitAsync(TimeSpan.FromSeconds(60), Ct);
    }

    [Fact]
    public async Task A_migration_that_fails_is_an_exception()
    {
        var configuration = await postgres.NewConfiguration();
        configuration["Postgres:RoleKey"] = "no key";
        await Should.ThrowAsync<InvalidOperationException>(() => App(configuration, new Bystander()).RunOrMigrate([MigrationRun.Argument], Ct));
    }

    private static WebApplication App(IDictionary<string, string?> configuration, Bystander bystander)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { EnvironmentName = "Production" });
        builder.Configuration.AddInMemoryCollection(configuration);
        builder.Configuration["urls"] = "http://127.0.0.1:0";
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.AddCallCenterDefaults();
        builder.AddDatabase("notes", typeof(MigrationRunTests).Assembly);
        builder.Services.AddSingleton<IHostedService>(bystander);
        return builder.Build();
    }

    /// <summary>Stands for everything else of a service.</summary>
    private sealed class Bystander : IHostedService
    {
        public bool Started { get; private set; }

        public Task StartAsync(CancellationToken cancellationToken)
        {
            Started = true;
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
