using System.Net;
using CallCenter.Contracts.Routing;
using CallCenter.Contracts.Telephony;
using CallCenter.Grains;
using CallCenter.Hosting;
using CallCenter.Routing.Agents;
using CallCenter.Routing.Tests.Running;
using Npgsql;

namespace CallCenter.Routing.Tests.Standby;

/// <summary>Two Routing processes on one database: one leads, the other stands by.</summary>
[Trait("needs", "server")]
public class StandbyTests(PostgresFixture postgres)
{
    private readonly CancellationToken ct = TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_second_says_that_it_stands_by_and_leads_when_the_first_has_stopped()
    {
        var (_, first, second) = await Two();
        await using var two = second;
        TestCall call;
        TestAgent agent;
        await using (first)
        {
            using (var http = second.Http(Guid.NewGuid(), Role.Administrator, RoutingHost.Tenant))
            {
                await http.Get("/health/ready", HttpStatusCode.ServiceUnavailable);
                var answer = await http.Get("/api/queues", HttpStatusCode.ServiceUnavailable);
                answer["detail"]!.ToString().ShouldContain("stands by");
            }

            var queue = await first.AddQueue();
            agent = await first.AddAgent(queue);
            call = await (await first.NewCall().Arrive()).Queue(queue);
            await call.Offered();
        }

        await Eventually.Be(() => second.IsLeading, text: "the second leads");
        var offer = await call.On(second).Offered();
        await call.On(second).Answer(offer);
        await agent.On(second).Is(AgentState.Talking);
        using var now = second.Http(Guid.NewGuid(), Role.Administrator, RoutingHost.Tenant);
        await Eventually.Be(async () => (await now.Get("/api/queues"))["items"]!.AsArray().Count == 1, text: "the second answers");
        await now.Get("/health/ready");
    }

    [Fact]
    public async Task Whoever_has_lost_the_lead_can_write_nothing_and_leads_again_when_the_other_stops()
    {
        var (connection, first, second) = await Two();
        await using var one = first;
        TestCall call;
        await using (second)
        {
            var queue = await first.AddQueue();
            call = await (await first.NewCall().Arrive()).Queue(queue);
            await FreeLease(connection);
            await Eventually.Be(() => second.IsLeading && !first.IsLeading, text: "the lead has changed");

            var row = new Row(StateTable.Contacts, Guid.CreateVersion7(), RoutingHost.Tenant, 0, "{}", AtRest: true);
            await Should.ThrowAsync<FencedException>(first.Store.Commit(new Change([row], [])));
            await Should.ThrowAsync<FencedException>(first.Store.RaiseEpoch(Keys.Pool, ct));
            await Should.ThrowAsync<FencedException>(first.Store.AddTenant(new Fence(Keys.Pool, 1), RoutingHost.Tenant, ct));
            await Should.ThrowAsync<FencedException>(first.EndedContacts.DropBefore(first.Clock.GetUtcNow(), ct));
            await Should.ThrowAsync<FencedException>(first.Reminders.Save(new StoredReminder("pool", Keys.Pool, "test", first.Clock.GetUtcNow(), TimeSpan.FromMinutes(1)), ct));
            await Should.ThrowAsync<FencedException>(first.Events.Park(
                new CallClosed { Tenant = RoutingHost.Tenant, Stream = call.Id, EventId = Guid.CreateVersion7(), Source = "telephony/t", Sequence = 9 }, "test", ct));
            await Should.ThrowAsync<InvalidOperationException>(call.HangUp(), "the first's grains have stopped");

            await second.AddAgent(queue);
            await call.On(second).Offered();
        }

        await Eventually.Be(() => first.IsLeading, text: "the first leads again");
        await first.Gateway.Command<OfferLeg>(call.Id);
        await call.On(second).On(first).HangUp();
        await call.On(first).Ended();
    }

    [Fact]
    public async Task A_leader_whose_sessions_are_cut_goes_on_when_nobody_stands_by()
    {
        var configuration = await postgres.NewConfiguration();
        await using var host = await RoutingHost.Start(configuration);
        var queue = await host.AddQueue();
        var call = await (await host.NewCall().Arrive()).Queue(queue);
        var epoch = await Ask<long>(configuration["ConnectionStrings:Postgres"]!, "SELECT epoch FROM routing.leader");
        await Ask<long>(configuration["ConnectionStrings:Postgres"]!, "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()");
        await Eventually.Be(() => Renewed(configuration["ConnectionStrings:Postgres"]!), text: "the lease is renewed by a new session");
        await host.AddAgent(queue);
        await call.Offered();
        host.IsLeading.ShouldBeTrue();
        (await Ask<long>(configuration["ConnectionStrings:Postgres"]!, "SELECT epoch FROM routing.leader")).ShouldBe(epoch, "nobody took the lead, so that it need not be taken again");
    }

    private async Task<(string Connection, RoutingHost First, RoutingHost Second)> Two()
    {
        var configuration = await postgres.NewConfiguration();
        var first = await RoutingHost.Start(configuration);
        var second = await RoutingHost.Start(configuration);
        first.IsLeading.ShouldBeTrue();
        second.IsLeading.ShouldBeFalse();
        return (configuration["ConnectionStrings:Postgres"]!, first, second);
    }

    private static Task<bool> Renewed(string connection) =>
        Ask<bool>(connection, "SELECT EXISTS (SELECT FROM routing.leader, pg_stat_activity WHERE application_name = sessions AND until > clock_timestamp() + interval '1 second')");

    private static async Task<T> Ask<T>(string connection, string sql)
    {
        await using var source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(connection) { Pooling = false });
        await using var command = source.CreateCommand(sql);
        return (T)(await command.ExecuteScalarAsync())!;
    }

    /// <summary>As if the leader's sessions had all ended.</summary>
    private static async Task FreeLease(string connection)
    {
        await using var source = NpgsqlDataSource.Create(connection);
        await using var free = source.CreateCommand("UPDATE routing.leader SET sessions = NULL");
        (await free.ExecuteNonQueryAsync()).ShouldBe(1);
    }
}
