/// Which arguments on a command line are JSON, and which are texts that may hold an equals sign (Core `rpc/client.cpp`).
///
/// One method a line: its name, then `<position>:<name>`, with `s` behind the position for a text and `?` for JSON or
/// text. Arguments that are not listed are texts.
enum CommandLineArgumentTable {
    static let text = """
        addconnection 2:v2transport
        addnode 2:v2transport
        addpeeraddress 1:port 2:tried
        analyzepsbt 0s:psbt
        backupwallet 0s:destination
        bumpfee 1:options 1:conf_target 1:fee_rate 1:replaceable 1:outputs 1:original_change_index
        combinepsbt 0:txs
        combinerawtransaction 0:txs
        converttopsbt 1:permitsigdata 2:iswitness 3:psbt_version
        createmultisig 0:nrequired 1:keys
        createpsbt 0:inputs 1:outputs 2:locktime 3:replaceable 4:version 5:psbt_version
        createrawtransaction 0:inputs 1:outputs 2:locktime 3:replaceable 4:version
        createwallet 0s:wallet_name 1:disable_private_keys 2:blank 3s:passphrase 4:avoid_reuse 5:descriptors \
            6:load_on_startup 7:external_signer
        createwalletdescriptor 1:options 1:internal
        decodepsbt 0s:psbt
        decoderawtransaction 1:iswitness
        deriveaddresses 1:range
        derivehdkey 1:options 1:private
        descriptorprocesspsbt 0s:psbt 1:descriptors 2s:sighashtype 3:bip32derivs 4:finalize
        disconnectipcclient 0:id
        disconnectnode 1:nodeid
        dumptxoutset 0s:path 1s:type 2:options 2?:rollback 2:in_memory
        echoipc 0s:arg
        echojson 0:arg0 1:arg1 2:arg2 3:arg3 4:arg4 5:arg5 6:arg6 7:arg7 8:arg8 9:arg9
        encryptwallet 0s:passphrase
        estimaterawfee 0:conf_target 1:threshold
        estimatesmartfee 0:conf_target
        finalizepsbt 0s:psbt 1:extract
        fundrawtransaction 1:options 1:add_inputs 1:include_unsafe 1:minconf 1:maxconf 1:changePosition \
            1:includeWatching 1:lockUnspents 1:fee_rate 1:feeRate 1:subtractFeeFromOutputs 1:input_weights \
            1:conf_target 1:replaceable 1:solving_data 1:max_tx_weight 2:iswitness
        generateblock 1:transactions 2:submit
        generatetoaddress 0:nblocks 2:maxtries
        generatetodescriptor 0:num_blocks 2:maxtries
        getaddressesbylabel 0s:label
        getbalance 1:minconf 2:include_watchonly 3:avoid_reuse
        getblock 1:verbosity 1:verbose
        getblockfrompeer 1:peer_id
        getblockhash 0:height
        getblockheader 1:verbose
        getblockstats 0?:hash_or_height 1:stats
        getblocktemplate 0:template_request
        getchaintxstats 0:nblocks
        getdescriptoractivity 0:blockhashes 1:scanobjects 2:include_mempool
        gethdkeys 0:active_only 0:options 0:private
        getmempoolancestors 1:verbose
        getmempooldescendants 1:verbose
        getnetworkhashps 0:nblocks 1:height
        getnewaddress 0s:label 1s:address_type
        getnodeaddresses 0:count
        getopenrpcinfo 0:show_hidden
        getorphantxs 0:verbosity
        getrawmempool 0:verbose 1:mempool_sequence
        getrawtransaction 1:verbosity 1:verbose
        getreceivedbyaddress 1:minconf 2:include_immature_coinbase
        getreceivedbylabel 0s:label 1:minconf 2:include_immature_coinbase
        gettransaction 1:include_watchonly 2:verbose
        gettxout 1:n 2:include_mempool
        gettxoutproof 0:txids
        gettxoutsetinfo 1?:hash_or_height 2:use_index
        gettxspendingprevout 0:outputs 1:options 1:mempool_only 1:return_spending_tx
        importdescriptors 0:requests
        importmempool 0s:filepath 1:options 1:apply_fee_delta_priority 1:use_current_time 1:apply_unbroadcast_set
        joinpsbts 0:txs
        keypoolrefill 0:newsize
        listdescriptors 0:private
        listreceivedbyaddress 0:minconf 1:include_empty 2:include_watchonly 4:include_immature_coinbase
        listreceivedbylabel 0:minconf 1:include_empty 2:include_watchonly 3:include_immature_coinbase
        listsinceblock 0s:blockhash 1:target_confirmations 2:include_watchonly 3:include_removed 4:include_change \
            5s:label
        listtransactions 0s:label 1:count 2:skip 3:include_watchonly
        listunspent 0:minconf 1:maxconf 2:addresses 3:include_unsafe 4:query_options 4:minimumAmount 4:maximumAmount \
            4:maximumCount 4:minimumSumAmount 4:include_immature_coinbase
        loadtxoutset 0s:path
        loadwallet 0s:filename 1:load_on_startup
        lockunspent 0:unlock 1:transactions 2:persistent
        logging 0:include 1:exclude
        migratewallet 0s:wallet_name 1s:passphrase 2:load_wallet
        mockscheduler 0:delta_time
        prioritisetransaction 1:dummy 2:fee_delta
        pruneblockchain 0:height
        psbtbumpfee 1:options 1:conf_target 1:fee_rate 1:replaceable 1:outputs 1:original_change_index 1:psbt_version
        rescanblockchain 0:start_height 1:stop_height
        restorewallet 0s:wallet_name 1s:backup_file 2:load_on_startup
        scanblocks 1:scanobjects 2:start_height 3:stop_height 5:options 5:filter_false_positives
        scantxoutset 1:scanobjects
        send 0:outputs 1:conf_target 3:fee_rate 4:options 4:add_inputs 4:include_unsafe 4:minconf 4:maxconf \
            4:add_to_wallet 4:change_position 4:fee_rate 4:include_watching 4:inputs 4:locktime 4:lock_unspents 4:psbt \
            4:subtract_fee_from_outputs 4:conf_target 4:replaceable 4:solving_data 4:max_tx_weight 5:version
        sendall 0:recipients 1:conf_target 3:fee_rate 4:options 4:add_to_wallet 4:fee_rate 4:include_watching 4:inputs \
            4:locktime 4:lock_unspents 4:psbt 4:send_max 4:minconf 4:maxconf 4:conf_target 4:replaceable \
            4:solving_data 4:version
        sendmany 0s:dummy 1:amounts 2:minconf 3s:comment 4:subtractfeefrom 7s:estimate_mode 8:fee_rate 9:verbose
        sendmsgtopeer 0:peer_id
        sendrawtransaction 1:maxfeerate 2:maxburnamount
        sendtoaddress 0s:address 1:amount 2s:comment 3s:comment_to 4:subtractfeefromamount 7s:estimate_mode \
            8:avoid_reuse 9:fee_rate 10:verbose
        setban 2:bantime 3:absolute
        setlabel 1s:label
        setmocktime 0:timestamp
        setnetworkactive 0:state
        setwalletflag 1:value
        signmessage 1s:message
        signmessagewithprivkey 1s:message
        signrawtransactionwithkey 1:privkeys 2:prevtxs
        signrawtransactionwithwallet 1:prevtxs
        simulaterawtransaction 0:rawtxs 1:options 1:include_watchonly
        stop 0:wait
        submitpackage 0:package 1:maxfeerate 2:maxburnamount
        testmempoolaccept 0:rawtxs 1:maxfeerate
        unloadwallet 0s:wallet_name 1:load_on_startup
        utxoupdatepsbt 0s:psbt 1:descriptors
        verifychain 0:checklevel 1:nblocks
        verifymessage 1s:signature 2s:message
        waitforblock 1:timeout
        waitforblockheight 0:height 1:timeout
        waitfornewblock 0:timeout
        walletcreatefundedpsbt 0:inputs 1:outputs 2:locktime 3:options 3:add_inputs 3:include_unsafe 3:minconf \
            3:maxconf 3:changePosition 3:includeWatching 3:lockUnspents 3:fee_rate 3:feeRate 3:subtractFeeFromOutputs \
            3:conf_target 3:replaceable 3:solving_data 3:max_tx_weight 4:bip32derivs 5:version 6:psbt_version
        walletpassphrase 0s:passphrase 1:timeout
        walletpassphrasechange 0s:oldpassphrase 1s:newpassphrase
        walletprocesspsbt 0s:psbt 1:sign 2s:sighashtype 3:bip32derivs 4:finalize
        """
}
