using CallCenter.Grains;
using CallCenter.Routing.Agents;
using CallCenter.Routing.Pools;
using CallCenter.Routing.Queues;
using CallCenter.Routing.Settings;
using CallCenter.Routing.Tests.Model;
using CallCenter.Routing.Tests.Running;
using Microsoft.Extensions.Hosting;
using Npgsql;
using Orleans;

namespace CallCenter.Routing.Tests.Regressions;

/// <summary>The database wrote settings, and the connection was lost before it said so.</summary>
public class SettingsRegressions
{
    private readonly FakeClock clock = new();
    private readonly MemoryStore store = new();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Settings_of_an_unknown_commit_reach_pool_and_agents_when_they_were_written(bool written)
    {
        using var host = await Start();
        var grains = host.Services.GetRequiredService<IGrainFactory>();
        var (queue, agent) = (Guid.NewGuid(), Guid.NewGuid());
        store.FateOf = change => change.Rows[0].Table == StateTable.Queues ? written ? CommitFate.WrittenUnknown : CommitFate.Lost : CommitFate.Written;
        await Should.ThrowAsync<NpgsqlException>(Save(grains, queue, agent, "Sales"));
        store.FateOf = _ => CommitFate.Written;
        (await Save(grains, Guid.NewGuid(), null, "Support")).Errors.ShouldBeEmpty();
        var pool = grains.GetGrain<IPoolGrain>(Keys.Pool);
        (await pool.FreeAgents(RoutingHost.Tenant, queue) is not null).ShouldBe(written);
        (await grains.GetGrain<IAgentGrain>(agent.ToString()).Read() is not null).ShouldBe(written);
        await host.StopAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Settings_of_an_unknown_commit_are_told_without_a_later_one()
    {
        using var host = await Start();
        var grains = host.Services.GetRequiredService<IGrainFactory>();
        var queue = Guid.NewGuid();
        store.FateOf = _ => CommitFate.WrittenUnknown;
        await Should.ThrowAsync<NpgsqlException>(Save(grains, queue, null, "Sales"));
        store.FateOf = _ => CommitFate.Written;
        await Eventually.Be(async () =>
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            return await grains.GetGrain<IPoolGrain>(Keys.Pool).FreeAgents(RoutingHost.Tenant, queue) is not null;
        });
        await host.StopAsync(TestContext.Current.CancellationToken);
    }

    private static Task<SaveAnswer> Save(IGrainFactory grains, Guid queue, Guid? agent, string name) => grains.GetGrain<ISettingsGrain>(Keys.Pool).Save(new SaveMessage(
        Guid.NewGuid(), "test", RoutingHost.Operator,
        [new(queue, RoutingStore.Write(new QueueRecord { Id = queue, Tenant = RoutingHost.Tenant, Name = name }), null)],
        agent is { } id ? [new(id, RoutingStore.Write(new AgentSettings("aino", "Aino")), null)] : []));

    private async Task<IHost> Start()
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddLogging();
        builder.Services.AddSingleton<TimeProvider>(clock);
        builder.Services.AddSingleton<IStateStore>(store);
        builder.Services.AddSingleton<Telemetry>();
        builder.Services.AddSingleton<IReminderStore, MemoryReminderStore>();
        builder.Services.AddEmbeddedGrains(null, typeof(RoutingService).Assembly);
        var host = builder.Build();
        await host.StartAsync(TestContext.Current.CancellationToken);
        return host;
    }
}
