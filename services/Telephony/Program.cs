using CallCenter.Hosting;
using CallCenter.Telephony;

var builder = WebApplication.CreateBuilder(args);
await builder.UseSidecar();
builder.AddCallCenterDefaults();
builder.AddTelephony();
var app = builder.Build();
app.MapCallCenterDefaults();
app.MapTelephony();
await app.RunAsync();
