using CallCenter.Sip.Transactions;

namespace CallCenter.Sip.Tests;

/// <summary>Each row of the four tables; every pair without a row must change nothing.</summary>
public sealed class TransactionTableTests
{
    // kind, state, input, next state, actions, timer
    private const string Rows = """
        InviteClient Calling Retransmit Calling Resend,NextRetransmit None
        InviteClient Calling Expire Terminated TellTimeout None
        InviteClient Calling Provisional Proceeding Pass,StopRetransmit None
        InviteClient Calling Success Accepted Pass,StopRetransmit M
        InviteClient Calling Failure Completed SendAck,Pass,StopRetransmit D
        InviteClient Calling TransportError Terminated TellTransportError None
        InviteClient Proceeding Provisional Proceeding Pass,StopRetransmit None
        InviteClient Proceeding Success Accepted Pass,StopRetransmit M
        InviteClient Proceeding Failure Completed SendAck,Pass,StopRetransmit D
        InviteClient Proceeding TransportError Terminated TellTransportError None
        InviteClient Completed Failure Completed Resend None
        InviteClient Completed Expire Terminated None None
        InviteClient Completed TransportError Terminated TellTransportError None
        InviteClient Accepted Success Accepted Pass None
        InviteClient Accepted Expire Terminated None None
        InviteServer Proceeding Request Proceeding Resend None
        InviteServer Proceeding Provisional Proceeding Send None
        InviteServer Proceeding Success Accepted Send L
        InviteServer Proceeding Failure Completed Send,StartRetransmit H
        InviteServer Proceeding TransportError Proceeding TellTransportError None
        InviteServer Accepted Success Accepted Send None
        InviteServer Accepted Ack Accepted Pass None
        InviteServer Accepted Expire Terminated None None
        InviteServer Accepted TransportError Accepted TellTransportError None
        InviteServer Completed Request Completed Resend None
        InviteServer Completed Retransmit Completed Resend,NextRetransmit None
        InviteServer Completed Ack Confirmed StopRetransmit I
        InviteServer Completed Expire Terminated TellTimeout None
        InviteServer Completed TransportError Terminated TellTransportError None
        InviteServer Confirmed Expire Terminated None None
        NonInviteClient Trying Retransmit Trying Resend,NextRetransmit None
        NonInviteClient Trying Expire Terminated TellTimeout None
        NonInviteClient Trying Provisional Proceeding Pass None
        NonInviteClient Trying Success Completed Pass,StopRetransmit K
        NonInviteClient Trying Failure Completed Pass,StopRetransmit K
        NonInviteClient Trying TransportError Terminated TellTransportError None
        NonInviteClient Proceeding Retransmit Proceeding Resend,NextRetransmit None
        NonInviteClient Proceeding Expire Terminated TellTimeout None
        NonInviteClient Proceeding Provisional Proceeding Pass None
        NonInviteClient Proceeding Success Completed Pass,StopRetransmit K
        NonInviteClient Proceeding Failure Completed Pass,StopRetransmit K
        NonInviteClient Proceeding TransportError Terminated TellTransportError None
        NonInviteClient Completed Expire Terminated None None
        NonInviteServer Trying Provisional Proceeding Send None
        NonInviteServer Trying Success Completed Send J
        NonInviteServer Trying Failure Completed Send J
        NonInviteServer Proceeding Request Proceeding Resend None
        NonInviteServer Proceeding Provisional Proceeding Send None
        NonInviteServer Proceeding Success Completed Send J
        NonInviteServer Proceeding Failure Completed Send J
        NonInviteServer Proceeding TransportError Terminated TellTransportError None
        NonInviteServer Completed Request Completed Resend None
        NonInviteServer Completed Expire Terminated None None
        NonInviteServer Completed TransportError Terminated TellTransportError None
        """;

    [Fact]
    public void Every_pair_gives_its_row_or_changes_nothing()
    {
        var expected = Rows.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(Read).ToDictionary(r => r.Given, r => r.Step);
        foreach (var kind in Enum.GetValues<TxKind>())
        {
            foreach (var state in Enum.GetValues<TxState>())
            {
                foreach (var input in Enum.GetValues<TxInput>())
                {
                    var step = expected.GetValueOrDefault((kind, state, input), new TxStep(state));
                    TransactionTables.Next(kind, state, input).ShouldBe(step, $"{kind} {state} {input}");
                }
            }
        }
    }

    [Fact]
    public void Timers_have_the_values_of_table_4()
    {
        var timers = new SipTimers();
        foreach (var timer in new[] { TxTimer.B, TxTimer.F, TxTimer.H, TxTimer.L, TxTimer.M })
        {
            (timers.Of(timer, false), timers.Of(timer, true)).ShouldBe((32_000, 32_000), timer.ToString());
        }

        (timers.Of(TxTimer.D, false), timers.Of(TxTimer.D, true)).ShouldBe((32_000, 0));
        (timers.Of(TxTimer.I, false), timers.Of(TxTimer.I, true)).ShouldBe((5_000, 0));
        (timers.Of(TxTimer.J, false), timers.Of(TxTimer.J, true)).ShouldBe((32_000, 0));
        (timers.Of(TxTimer.K, false), timers.Of(TxTimer.K, true)).ShouldBe((5_000, 0));
    }

    private static ((TxKind, TxState, TxInput) Given, TxStep Step) Read(string row)
    {
        var p = row.Split(' ');
        return ((Enum.Parse<TxKind>(p[0]), Enum.Parse<TxState>(p[1]), Enum.Parse<TxInput>(p[2])), new TxStep(Enum.Parse<TxState>(p[3]), Enum.Parse<TxDo>(p[4]), Enum.Parse<TxTimer>(p[5])));
    }
}
