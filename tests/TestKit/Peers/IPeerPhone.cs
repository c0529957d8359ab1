namespace CallCenter.TestKit.Peers;

/// <summary>A telephone of another make, moved by a test: speaks a tone, keeps what it hears.</summary>
public interface IPeerPhone : IAsyncDisposable
{
    /// <summary>All that it said, for a test that fails.</summary>
    string Output { get; }

    /// <summary>Calls a number or user at the server that it is set up for; under way when this returns.</summary>
    Task Call(string number);

    /// <summary>Waits until it is in a call, its own or one that it answered.</summary>
    Task Talks(TimeSpan within);

    /// <summary>Presses a key.</summary>
    Task Press(char digit);

    /// <summary>Puts the other side on hold, or takes it back.</summary>
    Task Hold(bool held);

    /// <summary>Hands its caller on to that user or number: blind, by REFER.</summary>
    Task Transfer(string user);

    /// <summary>Hangs up.</summary>
    Task HangUp();

    /// <summary>Waits until what it hears from now on is mostly a tone of so many hertz.</summary>
    Task Hears(double hertz, TimeSpan within);

    /// <summary>Waits until nothing more has come for a second.</summary>
    Task HearsNothing(TimeSpan within);

    /// <summary>Waits until its call is over.</summary>
    Task Ends(TimeSpan within);

    /// <summary>Waits until it is shown that key of the other side.</summary>
    Task HearsKey(char digit, TimeSpan within);
}
