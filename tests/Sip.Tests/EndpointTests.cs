using System.Net;
using CallCenter.Sip;
using CallCenter.Sip.Calls;
using CallCenter.Sip.Digest;
using CallCenter.Sip.Messages;
using CallCenter.Sip.Registration;
using CallCenter.Sip.Transports;

namespace CallCenter.Sip.Tests;

/// <summary>Two endpoints on loopback sockets.</summary>
public sealed class EndpointTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_call_is_answered_talks_and_ends(bool tcp)
    {
        await using var caller = new Phone();
        await using var callee = new Phone();
        var outgoing = caller.Call(new UacInvite { Target = callee.UriOf("100", tcp), From = "\"Ann\" <sip:200@example.org>" });
        var incoming = await callee.NextCallAsync();
        incoming.Request.ToUser.ShouldBe("100");
        incoming.Request.FromUser.ShouldBe("200");
        incoming.Offer.ShouldBe(Phone.Sdp);
        incoming.Flow.Transport.ShouldBe(tcp ? SipTransport.Tcp : SipTransport.Udp);
        incoming.Ringing();
        (await caller.NextAsync<CallProgress>(outgoing)).Code.ShouldBe(180);
        incoming.Answer(Phone.Sdp);
        (await caller.NextAsync<CallAnswered>(outgoing)).Sdp.ShouldBe(Phone.Sdp);
        await callee.NextAsync<CallAcknowledged>(incoming);
        outgoing.SendDtmf('#', 200);
        var info = await callee.NextAsync<CallInfo>(incoming);
        (info.Digit, info.DurationMs).ShouldBe(('#', 200));
        incoming.Bye();
        (await callee.NextAsync<CallEnded>(incoming)).Cause.ShouldBe(SipEndCause.LocalBye);
        (await caller.NextAsync<CallEnded>(outgoing)).Cause.ShouldBe(SipEndCause.RemoteBye);
        await caller.Endpoint.StopAsync(Phone.Deadline);
        await callee.Endpoint.StopAsync(Phone.Deadline);
    }

    [Fact]
    public async Task A_call_taken_back_while_it_rings_ends_on_both_sides()
    {
        await using var caller = new Phone();
        await using var callee = new Phone();
        var outgoing = caller.Call(new UacInvite { Target = callee.UriOf("100") });
        var incoming = await callee.NextCallAsync();
        outgoing.Cancel();
        (await callee.NextAsync<CallEnded>(incoming)).Cause.ShouldBe(SipEndCause.Cancelled);
        var ended = await caller.NextAsync<CallEnded>(outgoing);
        (ended.Cause, ended.Code).ShouldBe((SipEndCause.Cancelled, 487));
    }

    [Fact]
    public async Task A_refused_call_tells_the_code()
    {
        await using var caller = new Phone();
        await using var callee = new Phone(onCall: call => call.Reject(503, retryAfterSeconds: 7));
        var outgoing = caller.Call(new UacInvite { Target = callee.UriOf("100") });
        var ended = await caller.NextAsync<CallEnded>(outgoing);
        (ended.Cause, ended.Code, ended.Final!.Get("retry-after")).ShouldBe((SipEndCause.Refused, 503, "7"));
    }

    [Fact]
    public async Task A_reoffer_is_answered_or_refused_by_the_owner()
    {
        await using var caller = new Phone();
        await using var callee = new Phone();
        var outgoing = caller.Call(new UacInvite { Target = callee.UriOf("100") });
        var incoming = await callee.NextCallAsync();
        incoming.Answer(Phone.Sdp);
        await caller.NextAsync<CallAnswered>(outgoing);
        await callee.NextAsync<CallAcknowledged>(incoming);
        var held = Phone.Sdp + "a=sendonly\r\n";
        outgoing.Reinvite(held);
        var offer = await callee.NextAsync<CallOffer>(incoming);
        offer.Sdp.ShouldBe(held);
        offer.Accept(Phone.Sdp + "a=recvonly\r\n");
        (await caller.NextAsync<CallAnswered>(outgoing)).Sdp.ShouldBe(Phone.Sdp + "a=recvonly\r\n");
        await callee.NextAsync<CallAcknowledged>(incoming);
        incoming.Reinvite(Phone.Sdp);
        (await caller.NextAsync<CallOffer>(outgoing)).Reject(488);
        (await callee.NextAsync<CallReofferRefused>(incoming)).Code.ShouldBe(488);
        outgoing.Bye();
        (await callee.NextAsync<CallEnded>(incoming)).Cause.ShouldBe(SipEndCause.RemoteBye);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_phone_registers_is_called_by_its_flow_and_leaves(bool tcp)
    {
        var registrar = new Registrar(new RegistrarOptions { Realm = "callcenter", Credentials = user => user == "1001" ? Ha1.From("1001", "callcenter", "secret") : null }, TimeProvider.System);
        await using var server = new Phone(registrar);
        await using var phone = new Phone();
        var registration = phone.Endpoint.Register(new SipRegistrationOptions { Registrar = server.Endpoint.Uri + (tcp ? ";transport=tcp" : ""), User = "1001", Password = "secret" });
        (await registration.FirstResult.Soon()).ShouldBe(new RegistrationResult(true, 200, 300));
        var binding = registrar.Find("1001").ShouldHaveSingleItem();
        var outgoing = server.Call(UacInvite.ToBinding(binding));
        var incoming = await phone.NextCallAsync();
        incoming.Answer(Phone.Sdp);
        await server.NextAsync<CallAnswered>(outgoing);
        await phone.NextAsync<CallAcknowledged>(incoming);
        outgoing.Bye();
        (await phone.NextAsync<CallEnded>(incoming)).Cause.ShouldBe(SipEndCause.RemoteBye);
        (await registration.StopAsync().Soon()).Code.ShouldBe(200);
        registrar.Find("1001").ShouldBeEmpty();
    }

    [Fact]
    public async Task A_wrong_password_and_an_unknown_user_are_refused_alike()
    {
        var registrar = new Registrar(new RegistrarOptions { Realm = "callcenter", Credentials = user => user == "1001" ? Ha1.From("1001", "callcenter", "secret") : null }, TimeProvider.System);
        await using var server = new Phone(registrar);
        await using var phone = new Phone();
        foreach (var user in new[] { "1001", "nobody" })
        {
            var registration = phone.Endpoint.Register(new SipRegistrationOptions { Registrar = server.Endpoint.Uri, User = user, Password = "guess" });
            (await registration.FirstResult.Soon()).ShouldBe(new RegistrationResult(false, 401, 0));
        }

        registrar.Count.ShouldBe(0);
    }

    [Fact]
    public async Task An_invite_is_challenged_and_called_again_with_credentials()
    {
        var authenticator = new DigestAuthenticator("callcenter", user => user == "1001" ? Ha1.From("1001", "callcenter", "secret") : null, TimeProvider.System);
        await using var callee = new Phone(onCall: call =>
        {
            var check = authenticator.Check(call.Request);
            if (check.IsValid)
            {
                call.Reject(486);
            }
            else
            {
                call.Challenge(authenticator, check);
            }
        });
        await using var caller = new Phone();
        var right = caller.Call(new UacInvite { Target = callee.UriOf("100"), Credentials = new SipCredentials("1001", "secret") });
        (await caller.NextAsync<CallEnded>(right)).Code.ShouldBe(486);
        var wrong = caller.Call(new UacInvite { Target = callee.UriOf("100"), Credentials = new SipCredentials("1001", "guess") });
        (await caller.NextAsync<CallEnded>(wrong)).Code.ShouldBe(401);
    }

    [Fact]
    public async Task Options_tells_what_is_allowed_and_503_while_draining()
    {
        await using var asking = new Phone();
        await using var asked = new Phone();
        (await asking.Endpoint.OptionsAsync(asked.Endpoint.Uri).Soon()).ShouldBe(200);
        asked.Endpoint.Draining = true;
        (await asking.Endpoint.OptionsAsync(asked.Endpoint.Uri).Soon()).ShouldBe(503);
        var call = asking.Call(new UacInvite { Target = asked.UriOf("1") });
        (await asking.NextAsync<CallEnded>(call)).Code.ShouldBe(503);
    }

    [Fact]
    public async Task Admission_refuses_without_state()
    {
        await using var callee = new Phone(admit: (request, flow) => request.FromUser == "bad" ? Admission.Refuse(403) : Admission.Accept, onCall: call => call.Reject(486));
        await using var caller = new Phone();
        var refused = caller.Call(new UacInvite { Target = callee.UriOf("1"), From = "sip:bad@example.org" });
        (await caller.NextAsync<CallEnded>(refused)).Code.ShouldBe(403);
        callee.Endpoint.TransactionCount.ShouldBe(0);
        callee.Endpoint.Counters.Refused.ShouldBe(1);
    }

    [Fact]
    public async Task A_port_in_use_is_named()
    {
        await using var first = new Phone();
        await using var second = new SipEndpoint(
            new SipEndpointOptions { Port = first.Endpoint.LocalEndPoint.Port },
            new SipHandlers { Invite = call => call.Reject(486), Error = exception => throw exception },
            TimeProvider.System);
        Should.Throw<SipPortInUseException>(second.Start).EndPoint.Port.ShouldBe(first.Endpoint.LocalEndPoint.Port);
    }

    [Fact]
    public async Task A_closed_tcp_port_fails_the_call()
    {
        await using var caller = new Phone();
        var call = caller.Call(new UacInvite { Target = "sip:1@127.0.0.1:1;transport=tcp" });
        var ended = await caller.NextAsync<CallEnded>(call);
        (ended.Cause, ended.Code).ShouldBe((SipEndCause.TransportError, 503));
    }

    [Fact]
    public async Task A_handler_that_throws_is_reported_and_the_call_refused()
    {
        var boom = new InvalidOperationException("boom");
        var seen = new TaskCompletionSource<Exception>();
        await using var callee = new SipEndpoint(
            new SipEndpointOptions { Port = 0 },
            new SipHandlers { Invite = _ => throw boom, Error = e => seen.TrySetResult(e) },
            TimeProvider.System);
        callee.Start();
        await using var caller = new Phone();
        var call = caller.Call(new UacInvite { Target = $"sip:1@{callee.LocalEndPoint}" });
        (await caller.NextAsync<CallEnded>(call)).Code.ShouldBe(500);
        (await seen.Task.Soon()).ShouldBe(boom);
    }

    [Fact]
    public async Task Closing_at_once_still_gives_each_call_its_end()
    {
        await using var caller = new Phone();
        var callee = new Phone();
        caller.Call(new UacInvite { Target = callee.UriOf("100") });
        var incoming = await callee.NextCallAsync();
        await callee.DisposeAsync();
        (await callee.NextAsync<CallEnded>(incoming)).Cause.ShouldBe(SipEndCause.TransportError);
    }

    [Fact]
    public async Task Stopping_ends_what_is_left()
    {
        await using var caller = new Phone();
        await using var callee = new Phone();
        var outgoing = caller.Call(new UacInvite { Target = callee.UriOf("100") });
        var incoming = await callee.NextCallAsync();
        incoming.Answer(Phone.Sdp);
        await caller.NextAsync<CallAnswered>(outgoing);
        await callee.NextAsync<CallAcknowledged>(incoming);
        await callee.Endpoint.StopAsync(Phone.Deadline);
        (await caller.NextAsync<CallEnded>(outgoing)).Cause.ShouldBe(SipEndCause.RemoteBye);
        IPAddress.IsLoopback(callee.Endpoint.LocalEndPoint.Address).ShouldBeTrue();
    }
}
