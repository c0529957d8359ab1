using CallCenter.Desk.Push;
using CallCenter.Desk.Tests.Running;
using CallCenter.Hosting;
using Microsoft.Extensions.Logging.Abstractions;

namespace CallCenter.Desk.Tests.Push;

public sealed class ConnectionsTests
{
    private readonly Connections _connections = new(NullLogger<Connections>.Instance);

    [Fact]
    public async Task A_slow_tab_is_closed_and_nobody_waits_for_it()
    {
        var (slow, quick) = (new Tab(Role.Supervisor, isStuck: true), new Tab(Role.Supervisor));
        _connections.Open(slow.Connection).ShouldBeTrue();
        _connections.Open(quick.Connection).ShouldBeTrue();
        // One message is on the slow tab's way, the next fill its queue, one more is too many.
        for (var i = 0; i < Connection.WaitingMax + 2; i++)
        {
            _connections.Send(Clock(i));
            await quick.Got(i + 1);
        }
        await slow.Aborted.Task.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        _connections.Count.ShouldBe(1);
        quick.Aborted.Task.IsCompleted.ShouldBeFalse();
    }

    [Fact]
    public async Task One_tab_too_many_of_a_user_closes_its_oldest()
    {
        var user = Guid.CreateVersion7();
        var tabs = Enumerable.Range(0, Connections.MaxOfUser + 1).Select(_ => new Tab(Role.Agent, user: user)).ToList();
        tabs.ForEach(tab => _connections.Open(tab.Connection).ShouldBeTrue());
        await tabs[0].Aborted.Task.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        tabs.Skip(1).ShouldAllBe(tab => !tab.Aborted.Task.IsCompleted);
        _connections.Count.ShouldBe(Connections.MaxOfUser);
    }

    [Fact]
    public async Task A_pop_of_a_tenant_that_the_agent_has_no_right_to_is_held_back()
    {
        var (mine, other) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        var tab = new Tab(Role.Agent, tenants: [mine]);
        _connections.Open(tab.Connection);
        foreach (var tenant in new[] { other, mine })
        {
            _connections.Send(new Outgoing("contact", tenant, tenant, [Group.Agent(tab.Connection.Caller.User)]));
        }
        await tab.Got(1);
        tab.Messages.ShouldHaveSingleItem().Tenant.ShouldBe(mine);
    }

    [Fact]
    public async Task An_agent_of_another_team_is_held_back_whatever_the_group()
    {
        var tab = new Tab(DeskHost.SupervisorOf("North"));
        _connections.Open(tab.Connection);
        foreach (var team in new[] { "South", null, "North" })
        {
            var now = DateTimeOffset.UnixEpoch;
            var agent = new AgentMessage(new AgentItem(Guid.CreateVersion7(), "aino", "Aino", "Available", null, now, "Idle", now, null, null, null, []) { Team = team }, now);
            _connections.Send(Outgoing.Of(agent) with { To = [Group.Team("North")] });
        }
        await tab.Got(1);
        tab.Messages.ShouldHaveSingleItem().Agent!.Team.ShouldBe("North");
    }

    private static Outgoing Clock(int second) => Outgoing.Of(new ClockMessage(DateTimeOffset.UnixEpoch.AddSeconds(second), null));

    /// <summary>A tab whose network the test plays.</summary>
    private sealed class Tab
    {
        private readonly TaskCompletionSource _never = new();
        private readonly List<Outgoing> _messages = [];

        public Tab(Role role, bool isStuck = false, Guid? user = null, params Guid[] tenants)
            : this(new Caller(user ?? Guid.CreateVersion7(), "Someone", role, tenants), isStuck)
        {
        }

        public Tab(Caller caller, bool isStuck = false) =>
            Connection = new Connection($"{Guid.NewGuid()}", caller, message => Take(message, isStuck), () => Aborted.TrySetResult());

        public Connection Connection { get; }

        public TaskCompletionSource Aborted { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public IReadOnlyList<Outgoing> Messages
        {
            get
            {
                lock (_messages)
                {
                    return [.. _messages];
                }
            }
        }

        public Task Got(int count) => Eventually.Be(() => Messages.Count >= count);

        private Task Take(Outgoing message, bool isStuck)
        {
            lock (_messages)
            {
                _messages.Add(message);
            }
            return isStuck ? _never.Task : Task.CompletedTask;
        }
    }
}
