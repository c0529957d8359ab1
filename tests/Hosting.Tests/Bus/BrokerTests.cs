using System.Collections.Concurrent;
using CallCenter.Contracts.Tenancy;
using CallCenter.Contracts.Telephony;
using Dapper;
using MassTransit;
using Microsoft.AspNetCore.Builder;
using RabbitMQ.Client;

namespace CallCenter.Hosting.Tests.Bus;

/// <summary>Services as hosts of their own with a real broker between them: what one tells, the other applies once and in order, whatever dies.</summary>
[Trait("needs", "server")]
public sealed class BrokerTests(PostgresFixture postgres, RabbitMqFixture rabbit) : IClassFixture<RabbitMqFixture>
{
    private static readonly Guid Red = Guid.CreateVersion7();
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static void Teller(WebApplicationBuilder builder)
    {
        builder.AddDatabase("telephony", typeof(BrokerTests).Assembly);
        builder.AddOutbox("telephony");
    }

    private static void Taker(WebApplicationBuilder builder)
    {
        builder.AddDatabase("recording", typeof(BrokerTests).Assembly);
        builder.AddInbox<CallTaker>("recording", EventCatalog.From("Telephony"));
    }

    private async Task<Dictionary<string, string?>> Configuration()
    {
        var configuration = await postgres.NewConfiguration();
        configuration["ConnectionStrings:RabbitMq"] = (await rabbit.Node()).ConnectionString;
        return configuration;
    }

    private static async Task Tell(TestHost host, Guid contact, int count)
    {
        var outbox = host.Get<Outbox>("telephony");
        DomainEvent[] events = [.. Enumerable.Range(0, count).Select(_ => new CallAnswered("PCMA") { Tenant = Red, Stream = contact })];
        outbox.Committed(await host.Get<ServiceDatabase>("telephony").InTenant(Red, (c, t) => outbox.Publish(c, t, events, Ct), Ct));
    }

    private static Task<List<int>> Applied(TestHost host, Guid contact) => host.Get<ServiceDatabase>("recording").InTenant(Red, async (c, t) =>
        (await c.QueryAsync<int>("SELECT id FROM notes WHERE text = @text ORDER BY id", new { text = contact.ToString() }, t)).ToList(), Ct);

    private static Task<long> Unsent(TestHost host) => host.Get<ServiceDatabase>("telephony").OperatorWide((c, t) =>
        c.ExecuteScalarAsync<long>("SELECT count(*) FROM outbox", transaction: t), Ct);

    private static async Task AllOnce(TestHost taker, Guid contact, int count)
    {
        await Eventually.Be(async () => (await Applied(taker, contact)).Count >= count, Patience);
        (await Applied(taker, contact)).ShouldBe(Enumerable.Range(1, count));
    }

    [Fact]
    public async Task What_is_told_before_the_others_first_start_waits_for_it()
    {
        var contact = Guid.CreateVersion7();
        await using var teller = await TestHost.Start(await Configuration(), Teller);
        await Tell(teller, contact, 300);
        await Eventually.Be(async () => await Unsent(teller) == 0, Patience);

        await using var taker = await TestHost.Start(await Configuration(), Taker);
        await AllOnce(taker, contact, 300);
    }

    [Fact]
    public async Task A_broker_that_is_killed_delays_events_and_loses_none()
    {
        var node = await rabbit.Node();
        await using var teller = await TestHost.Start(await Configuration(), Teller);
        await using var taker = await TestHost.Start(await Configuration(), Taker);
        Guid[] contacts = [.. Enumerable.Range(0, 10).Select(_ => Guid.CreateVersion7())];
        await Task.WhenAll(contacts.Select(contact => Tell(teller, contact, 30)));
        await Eventually.Be(async () => (await Applied(taker, contacts[0])).Count > 0, Patience);
        await node.Kill(Ct);
        await Task.WhenAll(contacts.Select(contact => Tell(teller, contact, 30)));
        await node.Start(Ct);
        await Task.WhenAll(contacts.Select(contact => Tell(teller, contact, 30)));
        foreach (var contact in contacts)
        {
            await AllOnce(taker, contact, 90);
        }

        await Eventually.Be(async () => await Unsent(teller) == 0, Patience);
    }

    [Fact]
    public async Task A_second_instance_stands_by_and_goes_on_where_the_first_stopped()
    {
        var configuration = await Configuration();
        await using var teller = await TestHost.Start(await Configuration(), Teller);
        var first = await TestHost.Start(configuration, Taker);
        await using var second = await TestHost.Start(configuration, Taker);
        var contact = Guid.CreateVersion7();
        await Tell(teller, contact, 100);
        await AllOnce(first, contact, 100);
        second.Get<CallTaker>().Taken.ShouldBe(0);
        var telling = Tell(teller, contact, 400);
        await first.DisposeAsync();
        await telling;
        await AllOnce(second, contact, 500);
        second.Get<CallTaker>().Taken.ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task A_command_reaches_the_gateway_that_it_names_and_no_other()
    {
        await using var one = await TestHost.Start(await Configuration(), builder => builder.AddGatewayCommandConsumer<Gateway>("broker-one"));
        await using var two = await TestHost.Start(await Configuration(), builder => builder.AddGatewayCommandConsumer<Gateway>("broker-two"));
        await using var sender = await TestHost.Start(await Configuration(), _ => { });
        var contact = Guid.CreateVersion7();
        CallCommand To(string gateway) => new AnswerCall { Tenant = Red, Contact = contact, Gateway = gateway, Epoch = 1, Expires = TimeProvider.System.GetUtcNow().AddSeconds(3) };

        (await sender.Get<GatewayCommands>().Send(To("broker-two"), Ct)).Outcome.ShouldBe(CommandOutcome.Done);
        one.Get<Gateway>().Handled.ShouldBeEmpty();
        two.Get<Gateway>().Handled.ShouldHaveSingleItem().ShouldBeOfType<AnswerCall>().Contact.ShouldBe(contact);
        (await sender.Get<GatewayCommands>().Send(To("broker-gone"), Ct)).Outcome.ShouldBe(CommandOutcome.Expired);
    }

    [Fact]
    public async Task A_notice_reaches_every_process()
    {
        void Listener(WebApplicationBuilder builder) => builder.AddTransientEvents<Notices>("desk", typeof(ConfigurationChanged), typeof(CallAnswered));
        await using var one = await TestHost.Start(await Configuration(), Listener);
        await using var two = await TestHost.Start(await Configuration(), Listener);
        await using var teller = await TestHost.Start(await Configuration(), Teller);
        var contact = Guid.CreateVersion7();
        await teller.Get<IBus>().Publish(new ConfigurationChanged(Red, 7), Ct);
        await Tell(teller, contact, 1);
        foreach (var host in new[] { one, two })
        {
            await Eventually.Be(() => host.Get<Notices>().Seen.OfType<ConfigurationChanged>().Any(notice => notice is { Version: 7 } && notice.Tenant == Red), Patience);
            await Eventually.Be(() => host.Get<Notices>().Seen.OfType<CallAnswered>().Any(e => e.Contact == contact), Patience);
        }
    }

    [Fact]
    public async Task A_listener_is_told_when_the_way_to_the_broker_is_there_again()
    {
        var node = await rabbit.Node();
        await using var listener = await TestHost.Start(await Configuration(), builder => builder.AddTransientEvents<Notices>("desk", typeof(ConfigurationChanged)));
        var notices = listener.Get<Notices>();
        await Eventually.Be(() => notices.TimesConnected > 0, Patience);
        var before = notices.TimesConnected;
        await node.Kill(Ct);
        await node.Start(Ct);
        await Eventually.Be(() => notices.TimesConnected > before, Patience);
    }

    [Fact]
    public async Task A_message_that_cannot_be_read_is_put_aside_and_the_rest_goes_on()
    {
        await using var teller = await TestHost.Start(await Configuration(), Teller);
        await using var taker = await TestHost.Start(await Configuration(), Taker);
        var exchange = await teller.Get<IBus>().GetSendEndpoint(new Uri($"exchange:{Topology.ExchangeOf("Telephony")}"));
        await exchange.Send(new EventEnvelope(nameof(CallAnswered), System.Text.Json.JsonSerializer.SerializeToElement("not an event")), Ct);
        var contact = Guid.CreateVersion7();
        await Tell(teller, contact, 3);
        await AllOnce(taker, contact, 3);

        await using var connection = await new ConnectionFactory { Uri = new((await rabbit.Node()).ConnectionString) }.CreateConnectionAsync(Ct);
        await using var channel = await connection.CreateChannelAsync(cancellationToken: Ct);
        await Eventually.Be(async () => await channel.MessageCountAsync(Topology.DeadLettersOf("recording.events"), Ct) == 1);

        // Whoever keeps the house sees it and can send it again; as it still cannot be read, it is put aside once more.
        await using var letters = await DeadLetters.Open(new((await rabbit.Node()).ConnectionString), Ct);
        (await letters.List("recording.events", Ct)).ShouldHaveSingleItem().Type.ShouldBe(nameof(CallAnswered));
        (await letters.SendAgain("recording.events", Ct)).ShouldBe(1);
        await Eventually.Be(async () => (await letters.Queues(Ct)).Single(q => q.Queue.Name == "recording.events").Dead == 1);
    }

    [Fact]
    public async Task A_broker_that_is_not_there_is_named_with_the_way_out()
    {
        var configuration = await postgres.NewConfiguration();
        configuration["ConnectionStrings:RabbitMq"] = "http://somewhere";
        (await Should.ThrowAsync<InvalidOperationException>(() => TestHost.Start(configuration, Teller))).Message.ShouldContain("amqp://");
        configuration["ConnectionStrings:RabbitMq"] = (await rabbit.Node()).ConnectionString.Replace("callcenter:", "nobody:", StringComparison.Ordinal);
        (await Should.ThrowAsync<InvalidOperationException>(() => TestHost.Start(configuration, Teller))).Message.ShouldContain("refuses the account 'nobody'");
    }

    private sealed class CallTaker : IEventHandler
    {
        private int _taken;

        public int Taken => _taken;

        public async Task Apply(DomainEvent e, InboxTransaction tx, CancellationToken ct)
        {
            Interlocked.Increment(ref _taken);
            await tx.Connection.ExecuteAsync("INSERT INTO notes (tenant, id, text) VALUES (@Tenant, @Sequence, @Text)", new { e.Tenant, Sequence = (int)e.Sequence, Text = e.Stream.ToString() }, tx.Transaction);
        }
    }

    private sealed class Gateway : IGatewayCommandHandler
    {
        public ConcurrentQueue<CallCommand> Handled { get; } = [];

        public Task<CommandResult> Handle(CallCommand command)
        {
            Handled.Enqueue(command);
            return Task.FromResult(new CommandResult(command.CommandId, CommandOutcome.Done, command.Epoch, null));
        }
    }

    private sealed class Notices : ITransientHandler
    {
        private int _connected;

        public int TimesConnected => _connected;

        public void Connected() => Interlocked.Increment(ref _connected);

        public ConcurrentQueue<object> Seen { get; } = [];

        public Task Handle(object message, CancellationToken ct)
        {
            Seen.Enqueue(message);
            return Task.CompletedTask;
        }
    }
}
