using CallCenter.Contracts.Routing;
using CallCenter.Routing.Tests.Running;
using Npgsql;

namespace CallCenter.Routing.Tests.Store;

/// <summary>Changes that are written together: all or nothing each, in the order in which they were given.</summary>
[Trait("needs", "server")]
public class GroupCommitterTests(PostgresFixture postgres)
{
    private const int Streams = 10, PerStream = 12;

    [Fact]
    public async Task Of_changes_given_at_once_only_those_at_fault_fail_and_what_follows_them_is_right()
    {
        await using var host = await RoutingHost.Start(await postgres.NewConfiguration());
        var streams = Enumerable.Range(0, Streams).Select(_ => Guid.CreateVersion7()).ToList();
        var versions = streams.ToDictionary(stream => stream, _ => 0L);
        var good = new List<Task>();
        var bad = new List<Task>();
        for (var number = 0; number < PerStream; number++)
        {
            foreach (var stream in streams)
            {
                good.Add(host.Store.Commit(Of(stream, versions[stream]++, number)));
            }

            bad.Add(host.Store.Commit(Of(streams[number % Streams], versions[streams[number % Streams]] + 7, -1)));
            bad.Add(host.Store.Commit(Of(Guid.CreateVersion7(), 0, -1) with { Fence = new Fence("nobody's", 1) }));
        }

        await Task.WhenAll(good);
        foreach (var refused in bad)
        {
            await Should.ThrowAsync<FencedException>(() => refused);
        }

        foreach (var stream in streams)
        {
            (await host.Store.Find<Numbered>(StateTable.LearnedWaits, RoutingHost.Tenant, stream, TestContext.Current.CancellationToken))
                .ShouldBe(new Stored<Numbered>(new Numbered(PerStream - 1), PerStream));
            await host.Ledger.Wait<ContactQueued>(stream, PerStream);
            host.Ledger.Of(stream).Select(e => (e.Sequence, ((ContactQueued)e).AgeMs)).ShouldBe(Enumerable.Range(0, PerStream).Select(number => (number + 1L, (long)number)));
        }
    }

    [Fact]
    public async Task A_row_made_and_deleted_in_changes_given_at_once_is_gone_and_its_events_are_told()
    {
        await using var host = await RoutingHost.Start(await postgres.NewConfiguration());
        var stream = Guid.CreateVersion7();
        var deleted = Of(stream, 1, 1);
        await Task.WhenAll(
            host.Store.Commit(Of(stream, 0, 0)),
            host.Store.Commit(deleted with { Rows = [deleted.Rows[0] with { Body = null }] }),
            host.Store.Commit(Of(stream, 0, 2)));
        (await host.Store.Find<Numbered>(StateTable.LearnedWaits, RoutingHost.Tenant, stream, TestContext.Current.CancellationToken)).ShouldBe(new Stored<Numbered>(new Numbered(2), 1));
        await host.Ledger.Wait<ContactQueued>(stream, 3);
        host.Ledger.Of(stream).Select(e => e.Sequence).ShouldBe([1, 2, 3]);
    }

    [Fact]
    public async Task What_an_agents_row_keeps_stays_when_a_version_is_written_without_it()
    {
        await using var host = await RoutingHost.Start(await postgres.NewConfiguration());
        var agent = Guid.CreateVersion7();
        foreach (var (version, name, kept) in new (long, string, string?)[] { (0, "Aino", null), (1, "Eino", """{"level":3,"note":"å"}"""), (2, "Väinö", null), (3, "Ilmari", null) })
        {
            await host.Store.Commit(new Change([new Row(StateTable.Agents, agent, RoutingHost.Tenant, version, $$"""{"name":"{{name}}"}""", AtRest: true) { Kept = kept }], []));
        }

        (await host.Store.FindAgent<Kept>(agent, TestContext.Current.CancellationToken)).ShouldBe(new Stored<Kept>(new Kept("Ilmari", 3, "å"), 4));
        await Task.WhenAll(
            host.Store.Commit(new Change([new Row(StateTable.Agents, agent, RoutingHost.Tenant, 4, """{"name":"Aino"}""", AtRest: true) { Kept = """{"level":4,"note":""}""" }], [])),
            host.Store.Commit(new Change([new Row(StateTable.Agents, agent, RoutingHost.Tenant, 5, """{"name":"Eino"}""", AtRest: true)], [])));
        (await host.Store.Agents<Kept>(all: true, TestContext.Current.CancellationToken)).ShouldContain(new Stored<Kept>(new Kept("Eino", 4, ""), 6));
    }

    [Fact]
    public async Task What_stands_on_a_change_that_failed_is_not_written()
    {
        await using var host = await RoutingHost.Start(await postgres.NewConfiguration());
        var (first, second, third) = (Guid.CreateVersion7(), Guid.CreateVersion7(), Guid.CreateVersion7());
        var refused = Of(first, 7, 1);
        var next = Of(second, 0, 1);
        next = new Change(next.Rows, next.Events) { After = [refused.Id] };
        var last = Of(third, 0, 1);
        last = new Change(last.Rows, last.Events) { After = [next.Id] };
        var done = new[] { refused, next, last }.Select(host.Store.Commit).ToList();
        await Should.ThrowAsync<FencedException>(() => done[0]);
        await Should.ThrowAsync<NpgsqlException>(() => done[1]);
        await Should.ThrowAsync<NpgsqlException>(() => done[2]);
        await Should.ThrowAsync<NpgsqlException>(() => host.Store.Settled(last.Id));
        foreach (var stream in new[] { second, third })
        {
            (await host.Store.Find<Numbered>(StateTable.LearnedWaits, RoutingHost.Tenant, stream, TestContext.Current.CancellationToken)).ShouldBeNull();
        }

        var again = Of(third, 0, 2);
        await host.Store.Commit(again);
        await host.Store.Settled(again.Id);
    }

    private static Change Of(Guid stream, long expected, int number) => new(
        [new Row(StateTable.LearnedWaits, stream, RoutingHost.Tenant, expected, RoutingStore.Write(new Numbered(number)), AtRest: false)],
        [new ContactQueued(Guid.Empty, number) { Tenant = RoutingHost.Tenant, Stream = stream }]);

    private sealed record Numbered(int Number);

    private sealed record Kept(string Name, int Level, string Note);
}
